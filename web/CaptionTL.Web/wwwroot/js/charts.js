// The component library's script, for pages with charts only.
let loading = null;

export function load() {
    return loading ??= new Promise((done, failed) => {
        const script = Object.assign(document.createElement("script"), { src: "_content/Radzen.Blazor/Radzen.Blazor.min.js", onload: () => done(), onerror: () => failed(new Error("The charts' script did not load.")) });
        document.head.append(script);
    });
}
