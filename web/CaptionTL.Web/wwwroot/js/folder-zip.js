// A folder as a zip archive that is never whole in memory. Its files are stored (images hardly compress) and their checksums stand behind
// them, so its length is known before anything is read, and the same folder gives the same bytes again. Zip64 where it gets large.
const blockBytes = 1024 * 1024;
const most16 = 0xffff, most32 = 0xffffffff;
const flags = 0x0808; // names in UTF-8, checksum behind the file
const day = 0x0021; // 1 January 1980: the same folder, the same bytes

export class FolderZip {
    #entries; #directoryAt; #blocks = null; #block = new Uint8Array(); #at = 0; #piece = { offset: 0, bytes: new Uint8Array() };

    /** @param files [{ path, file }], in an order that stays. */
    constructor(files) {
        let offset = 0;
        this.#entries = files.map(({ path, file }) => {
            const entry = { name: new TextEncoder().encode(path), file, size: file.size, crc: 0, offset };
            offset += 30 + entry.name.length + entry.size + 16;
            return entry;
        });
        this.#directoryAt = offset;
        this.size = offset + centralDirectory(this.#entries, offset).reduce((sum, block) => sum + block.length, 0);
    }

    /** The bytes from an offset on, at most so many. Forward is quick; what lies further back than the last piece is read again. */
    async piece(offset, length) {
        const last = this.#piece;
        if (offset >= last.offset && offset < last.offset + last.bytes.length) return last.bytes.subarray(offset - last.offset);
        if (this.#blocks === null || offset < this.#at) { this.#blocks = this.#all(); this.#block = new Uint8Array(); this.#at = 0; }
        const bytes = new Uint8Array(Math.min(length, this.size - offset));
        for (let filled = 0; filled < bytes.length;) {
            const from = offset + filled - this.#at;
            if (from >= this.#block.length) {
                this.#at += this.#block.length;
                this.#block = (await this.#blocks.next()).value;
                continue;
            }
            const part = this.#block.subarray(from, from + bytes.length - filled);
            bytes.set(part, filled);
            filled += part.length;
        }
        this.#piece = { offset, bytes };
        return bytes;
    }

    async *#all() {
        for (const entry of this.#entries) {
            yield join(record(0x04034b50, [2, 20], [2, flags], [2, 0], [2, 0], [2, day], [4, 0], [4, 0], [4, 0], [2, entry.name.length], [2, 0]), entry.name);
            let crc = ~0;
            for (let at = 0; at < entry.size; at += blockBytes) {
                const block = new Uint8Array(await entry.file.slice(at, Math.min(at + blockBytes, entry.size)).arrayBuffer());
                crc = continueCrc(crc, block);
                yield block;
            }
            entry.crc = ~crc >>> 0;
            yield record(0x08074b50, [4, entry.crc], [4, entry.size], [4, entry.size]);
        }
        yield* centralDirectory(this.#entries, this.#directoryAt);
    }
}

/** What stands at the end of an archive: entries [{ name (bytes), size, crc, offset }], and where it begins itself. */
export function centralDirectory(entries, at) {
    const blocks = entries.map(({ name, size, crc, offset }) => {
        const extra = offset < most32 ? [] : record([2, 1], [2, 8], [8, offset]);
        return join(record(0x02014b50, [2, 45], [2, extra.length ? 45 : 20], [2, flags], [2, 0], [2, 0], [2, day], [4, crc], [4, size], [4, size], [2, name.length], [2, extra.length],
            [2, 0], [2, 0], [2, 0], [4, 0], [4, Math.min(offset, most32)]), name, extra);
    });
    const length = blocks.reduce((sum, block) => sum + block.length, 0);
    const count = entries.length;
    if (count >= most16 || at >= most32 || length >= most32)
        blocks.push(record(0x06064b50, [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, length], [8, at]), record(0x07064b50, [4, 0], [8, at + length], [4, 1]));
    blocks.push(record(0x06054b50, [2, 0], [2, 0], [2, Math.min(count, most16)], [2, Math.min(count, most16)], [4, Math.min(length, most32)], [4, Math.min(at, most32)], [2, 0]));
    return blocks;
}

/** Numbers of 2, 4 or 8 bytes, little-endian; a plain one has 4. */
function record(...fields) {
    const sized = fields.map(field => Array.isArray(field) ? field : [4, field]);
    const view = new DataView(new ArrayBuffer(sized.reduce((sum, [bytes]) => sum + bytes, 0)));
    let at = 0;
    for (const [bytes, value] of sized) {
        if (bytes === 2) view.setUint16(at, value, true);
        else if (bytes === 4) view.setUint32(at, value, true);
        else view.setBigUint64(at, BigInt(value), true);
        at += bytes;
    }
    return new Uint8Array(view.buffer);
}

function join(...parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { all.set(part, at); at += part.length; }
    return all;
}

const crcTable = Int32Array.from({ length: 256 }, (_, value) => {
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
});

function continueCrc(crc, bytes) {
    for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
    return crc;
}

/** CRC-32 of a text: tells one folder's list of files from another's. */
export const checksum = text => ~continueCrc(~0, new TextEncoder().encode(text)) >>> 0;
