// Images that a page shows, kept in the browser (IndexedDB) for their tab, so that they come back when the page is loaded anew. Where the
// browser keeps nothing, in private windows for one, everything works but this.
const longest = 24 * 3600 * 1000; // ms; what closed tabs have left is thrown away after that

let loadedAnew = ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);

/** What the page held before it was loaded anew, the oldest first: [{ id, told, image }]. Who comes otherwise begins with nothing. */
export async function again(page) {
    const anew = loadedAnew;
    loadedAnew = false; // a visitor who leaves the page and comes back finds it empty, as always
    return await trying(async images => {
        const all = await done(images.getAll());
        const mine = all.filter(kept => kept.tab === tab() && kept.page === page);
        for (const kept of all) if (Date.now() - kept.at > longest || (!anew && mine.includes(kept))) images.delete(kept.id);
        return anew ? mine : [];
    }) ?? [];
}

/** @returns the number it is kept under; null where nothing is kept. */
export const keep = (page, told, image) => trying(images => done(images.add({ tab: tab(), page, at: Date.now(), told, image })));

export const forget = id => trying(images => done(images.delete(id)));

function tab() {
    if (!sessionStorage.getItem("tab")) sessionStorage.setItem("tab", [...crypto.getRandomValues(new Uint32Array(4))].join("-"));
    return sessionStorage.getItem("tab");
}

async function trying(what) {
    try {
        const opening = indexedDB.open("captiontl", 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore("pictures", { keyPath: "id", autoIncrement: true });
        const database = await done(opening);
        try { return await what(database.transaction("pictures", "readwrite").objectStore("pictures")); } finally { database.close(); }
    } catch {
        return null;
    }
}

const done = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
});
