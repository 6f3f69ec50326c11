/** Opens a dialogue that keeps the keyboard within; Escape closes it. */
export function open(dialog) {
    if (!dialog.open) dialog.showModal();
}
