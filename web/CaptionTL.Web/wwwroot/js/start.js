// Starts Blazor, and mends a lost connection: the same circuit where the server still has it, otherwise the page anew.
(() => {
    const secondsBetween = 1.5;
    let mending = false;
    let wake = () => { };

    const notice = () => document.getElementById("connection");
    const pause = () => new Promise(resolve => { wake = resolve; setTimeout(resolve, secondsBetween * 1000); });

    const reachable = async () => {
        try { return (await fetch("/favicon.svg", { cache: "no-store" })).ok; } catch { return false; }
    };

    async function mend() {
        if (mending) return;
        mending = true;
        notice().hidden = false;
        while (mending) {
            if (await reachable()) {
                let kept = false;
                try { kept = await Blazor.reconnect(); } catch { /* gone again between the two */ }
                if (kept) return mended();
                if (await reachable()) return location.reload(); // the server was started anew and knows nothing of this page
            }
            await pause();
        }
    }

    function mended() {
        mending = false;
        notice().hidden = true;
    }

    // Blazor takes links within the page for its own and only scrolls; the keyboard is to go there too.
    document.addEventListener("click", event => {
        if (!event.target.closest?.(".skip-link")) return;
        event.preventDefault();
        event.stopPropagation();
        document.getElementById("content").focus();
    }, { capture: true });

    document.getElementById("connection-retry").addEventListener("click", () => wake());
    Blazor.start({ circuit: { reconnectionHandler: { onConnectionDown: mend, onConnectionUp: mended } } });
})();
