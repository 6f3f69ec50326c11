using System.Text.Json;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Shared;

/// <summary>Copy, download, correct and explain an answer, of captions and of classes.</summary>
public sealed partial class AnswerActions(IJSRuntime script, IOptions<JsonOptions> json) : ComponentBase
{
    private readonly JsonSerializerOptions _indented = new(json.Value.SerializerOptions) { WriteIndented = true };
    private string? _copied; // what lies in the clipboard by our doing
    private bool _refused, _correcting, _explaining;
    private bool _kept; // the correction: nothing of it is to be given back

    [Parameter, EditorRequired]
    public PickedImage Image { get; set; } = null!;

    [Parameter, EditorRequired]
    public DataSetKind Kind { get; set; }

    /// <summary>For the file, as the API would send it.</summary>
    [Parameter, EditorRequired]
    public object Answer { get; set; } = null!;

    [Parameter, EditorRequired]
    public ModelUsed Model { get; set; } = null!;

    /// <summary>The answer in words: what is copied.</summary>
    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>Classes the model knows.</summary>
    [Parameter]
    public IEnumerable<string> Names { get; set; } = [];

    // A class is chosen anew: its list shows all names only while the field is empty.
    private string Correctable => Kind == DataSetKind.Captions ? Text : "";

    private async Task CopyAsync()
    {
        await using var files = await FilesAsync();
        _refused = !await files.InvokeAsync<bool>("copy", Text);
        _copied = _refused ? null : Text;
    }

    private async Task DownloadAsync()
    {
        await using var files = await FilesAsync();
        await files.InvokeVoidAsync("download", Path.ChangeExtension(Image.Name, ".json"), "application/json",
            JsonSerializer.Serialize(Answer, _indented));
    }

    // Loaded when it is first wanted.
    private ValueTask<IJSObjectReference> FilesAsync() => script.InvokeAsync<IJSObjectReference>("import", "./js/files.js");
}
