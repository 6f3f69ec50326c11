/** Opens a dialogue that keeps the keyboard within; Escape closes it. However it goes, the keyboard goes back to what opened it, or to its surroundings where that goes too. */
export function open(dialog) {
    if (dialog.open) return;
    const opener = document.activeElement;
    const around = opener.closest("[tabindex='-1']");
    dialog.showModal();
    new MutationObserver((_, watch) => {
        if (dialog.isConnected) return;
        if (document.activeElement === document.body) (opener.isConnected ? opener : around)?.focus({ preventScroll: true });
        if (document.activeElement !== opener) watch.disconnect(); // otherwise it may still vanish: a list is read anew after a change
    }).observe(document.body, { childList: true, subtree: true });
}
