/** Shows what the camera sees in a dialogue; every press of the shutter hands a photo to `taken`. */
export async function openCamera(dialog, taken) {
    const video = dialog.querySelector("video");
    const problem = dialog.querySelector("[data-drop-camera-problem]");
    const shutter = dialog.querySelector("[data-drop-shutter]");
    const open = new AbortController();
    problem.hidden = true;
    shutter.disabled = true;
    dialog.showModal();
    dialog.addEventListener("close", () => {
        open.abort();
        for (const track of video.srcObject?.getTracks() ?? []) track.stop();
        video.srcObject = null;
    }, { once: true });
    dialog.querySelector("[data-drop-close]").addEventListener("click", () => dialog.close(), { signal: open.signal });
    try {
        const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
        if (open.signal.aborted) return stream.getTracks().forEach(track => track.stop());
        video.srcObject = stream;
        // How large its images are is known with the first one.
        if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await new Promise(shown => video.addEventListener("loadeddata", shown, { once: true, signal: open.signal }));
        shutter.disabled = false;
        shutter.focus();
        shutter.addEventListener("click", async () => taken(await photograph(video)), { signal: open.signal });
    } catch (error) {
        problem.textContent = error.name === "NotAllowedError"
            ? "The browser was not allowed to use the camera."
            : "There is no camera that this page can use; browsers need https or this very machine for it.";
        problem.hidden = false;
    }
}

async function photograph(video) {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
    return new File([blob], `photo-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.jpg`, { type: "image/jpeg" });
}
