namespace CaptionTL.Evaluation;

/// <summary>The look of reports, light or dark as the reader's system is set.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --faint: #59636e; --line: #d1d9e0; --right: 46 125 50; --wrong: 198 40 40; }
        @media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --line: #3d444d; --right: 86 190 95; --wrong: 240 100 95; } }
        body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
        h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
        dl { display: flex; flex-wrap: wrap; gap: 1rem 2rem; margin: 1.5rem 0; }
        dt, .id { color: var(--faint); font-size: .85rem; }
        dd { margin: 0; font-size: 1.5rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: right; }
        th { text-align: left; font-weight: 600; }
        .right { background: rgb(var(--right) / calc(var(--share) * .5)); }
        .wrong { background: rgb(var(--wrong) / calc(var(--share) * .5)); }
        .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); gap: 1.5rem; padding: 0; list-style: none; }
        .pictures p { margin: .3rem 0; overflow-wrap: anywhere; }
        .matrix a { display: block; margin: -.3rem -.6rem; padding: .3rem .6rem; color: inherit; }
        .cell { display: none; }
        .cell:target { display: block; }
        .missing { border: 1px dashed var(--line); padding: .5rem; font-size: .85rem; }
        """;
}
