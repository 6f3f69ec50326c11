// Sends an archive to the API in pieces, so that it goes on where it stopped, also after the page was closed.
const pieceBytes = 8 * 1024 * 1024;
const secondsBetweenTries = 2;
const mostTries = 30;

/**
 * @param source { size, key (tells it from other archives), piece(offset, length): a promise of bytes }
 * @param tell told the share that is sent, and what happens in words
 */
export async function sendPieces(name, source, tell, signal) {
    const remembered = `upload:${name}:${source.size}:${source.key}`;
    let upload = await known(localStorage.getItem(remembered), signal) ?? await ask("POST", "/api/v1/datasets/uploads", signal, json({ name, bytes: source.size }));
    localStorage.setItem(remembered, upload.id);
    const address = `/api/v1/datasets/uploads/${upload.id}`;
    for (let tries = 0; upload.offset < source.size;) {
        tell(upload.offset / source.size, `${Math.floor(100 * upload.offset / source.size)} % of ${Math.ceil(source.size / 1048576)} MB`);
        const piece = await source.piece(upload.offset, pieceBytes);
        const end = upload.offset + (piece.size ?? piece.length);
        try {
            upload = await ask("PUT", address, signal, { body: piece, headers: { "Content-Range": `bytes ${upload.offset}-${end - 1}/${source.size}` } });
            tries = 0;
        } catch (error) {
            if (signal.aborted || error.final || ++tries > mostTries) throw error;
            tell(upload.offset / source.size, "The connection broke; trying again…");
            await new Promise(resolve => setTimeout(resolve, secondsBetweenTries * 1000));
            upload = await known(upload.id, signal) ?? upload;
        }
    }
    tell(1, "Received; reading it…");
    await ask("POST", `${address}/complete`, signal);
    localStorage.removeItem(remembered);
}

const json = value => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

async function known(id, signal) {
    if (!id) return null;
    try { return await ask("GET", `/api/v1/datasets/uploads/${id}`, signal); } catch { return null; }
}

// A refusal has the API's status and code; it is final where another try would end the same way.
async function ask(method, address, signal, { body, headers } = {}) {
    const answer = await fetch(address, { method, body, signal, headers });
    const text = await answer.text();
    const said = text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
    if (answer.ok) return said;
    const error = new Error([said.title ?? `The server answered ${answer.status}.`, said.hint].filter(Boolean).join(" "));
    return Promise.reject(Object.assign(error, { status: answer.status, code: said.code, final: answer.status < 500 && answer.status !== 409 }));
}
