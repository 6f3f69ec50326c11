// Runs before the first paint: the visitor's choice of light or dark, or none, which is the system's.
(() => {
    const names = { auto: "As the system", light: "Light", dark: "Dark" };
    const order = Object.keys(names);
    const stored = () => order.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto";
    const show = () => {
        const theme = stored();
        if (theme === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = theme;
        for (const name of document.querySelectorAll("[data-theme-name]")) name.textContent = names[theme];
    };
    show();
    addEventListener("DOMContentLoaded", show);
    document.addEventListener("click", event => {
        if (!event.target.closest("[data-theme-switch]")) return;
        localStorage.setItem("theme", order[(order.indexOf(stored()) + 1) % order.length]);
        show();
    });
    // Blazor draws the button anew when the page becomes interactive.
    new MutationObserver(() => {
        const name = document.querySelector("[data-theme-name]");
        if (name && name.textContent !== names[stored()]) show();
    }).observe(document, { childList: true, subtree: true });
})();
