// Shows where the network looked while it wrote a word: the rest of the image darkens.
const darkness = 200; // of 255, where it did not look
const softness = 0.6; // exponent below 1: cells looked at a little are still seen

/** @param card holds the words (data-attention: a number from 0 to 255 a cell, row by row) and a canvas with a pixel a cell. */
export function attach(card) {
    const show = event => {
        const word = event.target.closest?.("[data-attention]");
        if (word) draw(card, word);
    };
    const hide = event => {
        if (!event.target.closest?.("[data-attention]")) return;
        const focused = card.querySelector("[data-attention]:focus-visible");
        if (focused) draw(card, focused);
        else clear(card);
    };
    card.addEventListener("pointerover", show);
    card.addEventListener("pointerout", hide);
    card.addEventListener("focusin", show);
    card.addEventListener("focusout", () => clear(card));
    const already = card.querySelector("[data-attention]:focus-visible, [data-attention]:hover"); // who is quicker than this script
    if (already) draw(card, already);
}

function draw(card, word) {
    const canvas = card.querySelector("canvas");
    if (!canvas) return;
    const weights = word.dataset.attention.split(" ");
    const context = canvas.getContext("2d");
    const shade = context.createImageData(canvas.width, canvas.height);
    weights.forEach((weight, cell) => { shade.data[4 * cell + 3] = darkness * (1 - (weight / 255) ** softness); });
    context.putImageData(shade, 0, 0);
    canvas.dataset.word = word.textContent;
    canvas.classList.add("shown");
}

function clear(card) {
    const canvas = card.querySelector("canvas");
    canvas?.classList.remove("shown");
    if (canvas) delete canvas.dataset.word;
}
