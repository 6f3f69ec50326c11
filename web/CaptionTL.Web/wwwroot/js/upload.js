// Uploads of data sets: a zip in pieces, so that it goes on where it stopped; a folder in one form.
const pieceBytes = 8 * 1024 * 1024;
const secondsBetweenTries = 2;
const mostTries = 30;
const pictures = /\.(jpe?g|png|webp|gif|bmp|tiff?)$/i;

export function attach(form, component) {
    const $ = name => form.querySelector(`[data-upload-${name}]`);
    let stop = null;

    const tell = (share, text) => {
        $("progress").hidden = false;
        $("progress").querySelector("progress").value = share;
        $("text").textContent = text;
    };
    const complain = text => { $("problem").textContent = text; $("problem").hidden = text === ""; };
    const busy = on => { $("start").disabled = on; $("stop").hidden = !on; };

    $("stop").addEventListener("click", () => stop?.abort());
    form.addEventListener("submit", async event => {
        event.preventDefault();
        complain("");
        const name = form.elements.name.value.trim();
        const zip = form.elements.zip.files[0];
        const folder = [...form.elements.folder.files].filter(file => pictures.test(file.name));
        if (!zip && folder.length === 0) return complain("Choose a zip file, or a folder with pictures.");
        stop = new AbortController();
        busy(true);
        try {
            if (zip) await sendZip(name, zip, tell, stop.signal);
            else await sendFolder(name, folder, tell, stop.signal);
            await component.invokeMethodAsync("Done", name);
        } catch (error) {
            complain(error.name === "AbortError" ? "Stopped. Upload the same zip under the same name to go on." : error.message);
        } finally {
            busy(false);
        }
    });
}

async function sendZip(name, file, tell, signal) {
    const remembered = `upload:${name}:${file.size}:${file.lastModified}`;
    let upload = await known(localStorage.getItem(remembered), signal) ?? await ask("POST", "/api/v1/datasets/uploads", signal, json({ name, bytes: file.size }));
    localStorage.setItem(remembered, upload.id);
    const address = `/api/v1/datasets/uploads/${upload.id}`;
    for (let tries = 0; upload.offset < file.size;) {
        const end = Math.min(upload.offset + pieceBytes, file.size);
        tell(upload.offset / file.size, `${Math.floor(100 * upload.offset / file.size)} % of ${Math.ceil(file.size / 1048576)} MB`);
        try {
            upload = await ask("PUT", address, signal, { body: file.slice(upload.offset, end), headers: { "Content-Range": `bytes ${upload.offset}-${end - 1}/${file.size}` } });
            tries = 0;
        } catch (error) {
            if (signal.aborted || error.final || ++tries > mostTries) throw error;
            tell(upload.offset / file.size, "The connection broke; trying again…");
            await new Promise(resolve => setTimeout(resolve, secondsBetweenTries * 1000));
            upload = await known(upload.id, signal) ?? upload;
        }
    }
    tell(1, "Received; reading it…");
    await ask("POST", `${address}/complete`, signal);
    localStorage.removeItem(remembered);
}

// The name of the folder that a picture lies in is its class.
async function sendFolder(name, files, tell, signal) {
    const form = new FormData();
    form.append("name", name);
    let label = null;
    for (const file of files.sort((a, b) => a.webkitRelativePath.localeCompare(b.webkitRelativePath))) {
        const parent = file.webkitRelativePath.split("/").at(-2) ?? "";
        if (parent !== label) form.append("class", label = parent);
        form.append("file", file, file.name);
    }
    tell(0, `Sending ${files.length} pictures…`);
    await ask("POST", "/api/v1/datasets", signal, { body: form });
}

const json = value => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

async function known(id, signal) {
    if (!id) return null;
    try { return await ask("GET", `/api/v1/datasets/uploads/${id}`, signal); } catch { return null; }
}

async function ask(method, address, signal, { body, headers } = {}) {
    const answer = await fetch(address, { method, body, signal, headers });
    const text = await answer.text();
    const said = text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
    if (answer.ok) return said;
    const error = new Error([said.title ?? `The server answered ${answer.status}.`, said.hint].filter(Boolean).join(" "));
    error.final = answer.status < 500 && answer.status !== 409;
    throw error;
}
