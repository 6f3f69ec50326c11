// What a visitor has typed or opened outlives a reload, also the one that start.js does after the server was started anew: fields with
// data-draft="name" are kept for this tab when the page goes, and given back as if the visitor did it again when the page lives.
(() => {
    const place = () => `drafts:${location.pathname}${location.search}`;
    const here = place();
    const anew = ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);
    const waiting = new Map(anew ? JSON.parse(sessionStorage.getItem(here) ?? "[]") : []); // what is to be given back, by name
    const touched = new WeakSet(); // what the visitor changed, not what the page put there
    let giving = false;

    const isSwitch = field => field.matches("input[type=checkbox], input[type=radio]");
    const isOpener = field => field.matches("button, details");
    const state = field => isSwitch(field) ? field.checked : !isOpener(field) ? field.value : field.open ?? field.getAttribute("aria-expanded") === "true";
    const all = () => [...document.querySelectorAll("[data-draft]")];

    function keep() {
        if (place() !== here) waiting.clear(); // those were another page's
        const kept = new Map(waiting);
        for (const field of all())
            if (isOpener(field) ? state(field) : touched.has(field)) kept.set(field.dataset.draft, state(field));
        sessionStorage.setItem(place(), JSON.stringify([...kept]));
    }

    function give(field, value) {
        if (field.matches("details")) field.open = value;
        else if (isOpener(field) || isSwitch(field)) {
            if (field.type === "radio" && !value) return; // the other one of the group is given
            field.click();
        } else {
            field.value = value;
            for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
        }
    }

    // A list may still wait for the choice that was made.
    const canTake = field => waiting.has(field.dataset.draft) && !field.disabled && (!field.matches("select") || [...field.options].some(option => option.value === waiting.get(field.dataset.draft)));

    // Until the page has drawn something, or has had the time for it: not everything that is given changes what one sees.
    const drawn = () => new Promise(done => {
        const observer = new MutationObserver(() => setTimeout(end, 20));
        const late = setTimeout(end, 300);
        function end() {
            observer.disconnect();
            clearTimeout(late);
            done();
        }
        observer.observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
    });

    // One after the other: the page draws itself anew after each, and takes events only of what it has drawn.
    async function giveBack() {
        if (giving || waiting.size === 0 || place() !== here || !document.querySelector(".frame[data-live]")) return;
        giving = true;
        try {
            for (let field; field = all().find(canTake);) {
                const value = waiting.get(field.dataset.draft);
                waiting.delete(field.dataset.draft);
                if (state(field) === value) continue;
                const answered = drawn();
                give(field, value);
                await answered;
            }
        } finally {
            giving = false; // whatever a field made of what it was given, the others get theirs at the next change
        }
    }

    for (const type of ["input", "change"]) document.addEventListener(type, event => touched.add(event.target), { capture: true });
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); }); // telephones end pages without more
    if (waiting.size > 0) new MutationObserver(giveBack).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-live", "disabled"] });
})();
