// The form that uploads a data set: checks what can be checked before the first byte, sends, and says what is wrong at the field it concerns.
import { FolderZip, checksum } from "./folder-zip.js";
import { sendPieces } from "./upload-pieces.js";

/** @param limits as the API tells them: maxBytes, maxFiles, endings of images and texts; null where it did not, then only the API checks. */
export function attach(form, component, limits) {
    const $ = name => form.querySelector(`[data-upload-${name}]`);
    const { name, zip, folder } = form.elements;
    let stop = null;

    const tell = (share, text) => {
        $("progress").hidden = false;
        $("progress").querySelector("progress").value = share;
        $("text").textContent = text;
    };
    // Where no field is named, the whole form.
    const complain = (field, text) => {
        const place = form.querySelector(`[data-upload-problem="${field?.name ?? ""}"]`);
        place.textContent = text;
        place.hidden = text === "";
        if (text) field?.setAttribute("aria-invalid", "true");
        else field?.removeAttribute("aria-invalid");
    };
    const busy = on => { $("start").disabled = on; $("stop").hidden = !on; };

    /** @returns whether all is well; the keyboard is where it is not. */
    const check = problems => {
        const wrong = problems.filter(([, text]) => text);
        for (const [field, text] of wrong) complain(field, text);
        wrong[0]?.[0]?.focus();
        return wrong.length === 0;
    };

    name.addEventListener("input", () => complain(name, "")); // while typing: a line less on leaving would move the button away from under the pointer
    for (const [chosen, other] of [[zip, folder], [folder, zip]])
        chosen.addEventListener("change", async () => {
            if (chosen.files.length > 0) other.value = ""; // one of the two
            for (const field of [zip, folder, null]) complain(field, "");
            complain(chosen, await (chosen === zip ? zipProblem(zip.files[0], limits) : folderProblem([...folder.files], limits)));
        });

    $("stop").addEventListener("click", () => stop?.abort());
    form.addEventListener("submit", async event => {
        event.preventDefault();
        for (const field of [name, zip, folder, null]) complain(field, "");
        const files = [...folder.files];
        const given = files.length > 0 ? folder : zip;
        const nothing = !zip.files[0] && files.length === 0 ? "Choose a zip file, or a folder with images." : "";
        const bad = nothing || await (given === zip ? zipProblem(zip.files[0], limits) : folderProblem(files, limits));
        if (!check([[name, nameProblem(name)], [given, bad]])) return;
        stop = new AbortController();
        busy(true);
        try {
            await sendPieces(name.value.trim(), given === zip ? zipSource(zip.files[0]) : folderSource(files, limits), tell, stop.signal);
            await component.invokeMethodAsync("Done", name.value.trim());
        } catch (error) {
            $("progress").hidden = true;
            if (error.name === "AbortError") complain(null, "Stopped. Upload the same under the same name to go on.");
            else if (error.name === "NotReadableError" || error.name === "NotFoundError") check([[given, "A file was changed or taken away while it was sent. Choose it again."]]);
            else check([[concerned(error, name, given), error.message]]);
        } finally {
            busy(false);
        }
    });
    busy(false); // from now on somebody listens
}

// The API's refusals: of the name, of what was sent, or neither (a missing key, a server that is gone).
function concerned({ status, code }, name, given) {
    if (code === "data_set_exists" || code === "invalid_request") return name;
    return status === 413 || status === 422 ? given : null;
}

const nameProblem = ({ validity }) => validity.valueMissing ? "Give the data set a name."
    : validity.patternMismatch ? "Names have lower-case letters, digits, dot, underscore and hyphen, and begin and end with a letter or digit." : "";

const megabytes = bytes => bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

const sizeProblem = (bytes, limits) => limits && bytes > limits.maxBytes
    ? `It has ${megabytes(bytes)}, and ${megabytes(limits.maxBytes)} are taken at most. Send it as several data sets.` : "";

async function zipProblem(file, limits) {
    if (!file) return "";
    const begin = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    if (begin[0] !== 0x50 || begin[1] !== 0x4b) return `${file.name} is no zip archive. Pack the images as a zip, or choose their folder.`;
    return sizeProblem(file.size, limits);
}

function folderProblem(files, limits) {
    if (files.length === 0) return "";
    const kept = known(files, limits);
    if (kept.length === 0) return "There is no image in this folder. Choose the folder that holds the images, or their folders.";
    if (limits && kept.length > limits.maxFiles) return `It has ${kept.length} files, and ${limits.maxFiles} are taken at most. Send it as several data sets.`;
    return sizeProblem(new FolderZip(kept).size, limits);
}

const zipSource = file => ({ size: file.size, key: file.lastModified, piece: (offset, length) => Promise.resolve(file.slice(offset, offset + length)) });

function folderSource(files, limits) {
    const kept = known(files, limits);
    const archive = new FolderZip(kept);
    return { size: archive.size, key: checksum(kept.map(({ path, file }) => `${path}:${file.size}:${file.lastModified}`).join("\n")), piece: (offset, length) => archive.piece(offset, length) };
}

/** What is sent of a folder: images, and what may tell of them, with their paths below the folder. Hidden files stay. */
function known(files, limits) {
    const endings = limits ? [...limits.images, ...limits.texts] : null;
    return files.map(file => ({ path: file.webkitRelativePath.split("/").slice(1).join("/"), file }))
        .filter(({ path }) => !path.split("/").some(part => part.startsWith(".")) && (endings?.some(ending => path.toLowerCase().endsWith(ending)) ?? true))
        .sort((a, b) => a.path < b.path ? -1 : 1);
}
