// Images from a drop, the clipboard, a file dialogue or the camera: turned upright, scaled down where large, sent one after the other.
import { openCamera } from "./camera.js";
import * as kept from "./kept-images.js";

const jpegQuality = 0.92;

/** @returns a handle with takeAddress(address, name), forget(id) and dispose(). */
export function attach(area, page, options) {
    const listeners = new AbortController();
    const listen = (target, type, handler) => target?.addEventListener(type, handler, { signal: listeners.signal });
    let queue = options.keep ? restore(page, options).catch(console.error) : Promise.resolve();
    const take = files => {
        for (const file of files) queue = queue.then(() => send(file, page, options)).catch(console.error);
        return queue;
    };

    const input = area.querySelector("[data-drop-input]");
    listen(input, "change", () => { take([...input.files]); input.value = ""; });

    let depth = 0; // dragenter and dragleave come for every child
    const mark = () => area.classList.toggle("drop-over", depth > 0);
    listen(area, "dragenter", e => { e.preventDefault(); depth++; mark(); });
    listen(area, "dragleave", () => { depth--; mark(); });
    listen(area, "dragover", e => { e.preventDefault(); e.dataTransfer.dropEffect = "copy"; });
    listen(area, "drop", e => { e.preventDefault(); depth = 0; mark(); take(imagesOf(e.dataTransfer)); });
    if (options.takesPaste) listen(document, "paste", e => {
        const images = imagesOf(e.clipboardData);
        if (images.length > 0) { e.preventDefault(); take(images); }
    });
    listen(area.querySelector("[data-drop-camera]"), "click", () => openCamera(area.querySelector("[data-drop-dialog]"), photo => take([photo])));
    area.dataset.ready = "";

    return {
        async takeAddress(address, name) {
            const answer = await fetch(address);
            await take([new File([await answer.blob()], name)]);
        },
        forget: id => kept.forget(id),
        dispose() { listeners.abort(); },
    };
}

const imagesOf = transfer => [...(transfer?.files ?? [])];

async function send(file, page, options) {
    const told = { name: file.name || "pasted.png", preview: null, width: 0, height: 0, scaledFrom: null, problem: null, kept: null };
    let image = file;
    try {
        const pixels = await createImageBitmap(file, { imageOrientation: "from-image" });
        const scale = Math.min(1, options.longestSide / Math.max(pixels.width, pixels.height));
        told.width = Math.round(pixels.width * scale);
        told.height = Math.round(pixels.height * scale);
        if (scale < 1) {
            image = await scaled(pixels, told.width, told.height);
            told.scaledFrom = `${pixels.width} × ${pixels.height}`;
        }
        pixels.close();
        told.preview = URL.createObjectURL(image);
    } catch {
        // The browser cannot read it; perhaps the service can, or says better why not.
    }
    if (image.size > options.largestFile) told.problem = `The file is larger than ${Math.round(options.largestFile / 1048576)} MB.`;
    if (image.size === 0) told.problem = "The file is empty.";
    if (options.keep && told.problem === null) told.kept = await kept.keep(options.keep, { ...told, preview: null }, image);
    await hand(told, image, page);
}

async function restore(page, options) {
    for (const { id, told, image } of await kept.again(options.keep)) await hand({ ...told, kept: id, preview: told.width > 0 ? URL.createObjectURL(image) : null }, image, page);
}

async function hand(told, image, page) {
    await page.invokeMethodAsync("Take", told, told.problem === null ? DotNet.createJSStreamReference(image) : null);
}

async function scaled(pixels, width, height) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.fillStyle = "#fff"; // JPEG knows no transparency
    context.fillRect(0, 0, width, height);
    context.drawImage(pixels, 0, 0, width, height);
    return canvas.convertToBlob({ type: "image/jpeg", quality: jpegQuality });
}
