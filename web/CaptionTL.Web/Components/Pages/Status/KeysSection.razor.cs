using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CaptionTL.Web.Components.Pages.Status;

/// <summary>API keys, for who may see them: which there are, a new one, an old one taken back.</summary>
public sealed partial class KeysSection(IJSRuntime script) : ApiComponent
{
    private static readonly (string Scope, string Meaning)[] Scopes =
        [(ApiScope.Caption, "ask the models"), (ApiScope.Train, "data sets, training, these pages"),
            (ApiScope.Admin, "everything, models and keys too")];

    private readonly HashSet<string> _scopes = [ApiScope.Caption];
    private IReadOnlyList<KeyInfo>? _keys;
    private NewKey? _made;
    private string _name = "";
    private bool _copied;

    protected override Task OnInitializedAsync() => DoAsync(() => Task.CompletedTask);

    private void Toggle(string scope)
    {
        if (!_scopes.Remove(scope)) _scopes.Add(scope);
    }

    private Task CreateAsync() => DoAsync(async () =>
    {
        _made = await Service.CreateKeyAsync(_name.Trim(), [.. _scopes]);
        (_name, _copied) = ("", false);
    });

    private Task RevokeAsync(KeyInfo key) => DoAsync(() => Service.RevokeKeyAsync(key.Prefix));

    private async Task CopyAsync()
    {
        await using var files = await script.InvokeAsync<IJSObjectReference>("import", "./js/files.js");
        _copied = await files.InvokeAsync<bool>("copy", _made!.Key);
    }

    private Task DoAsync(Func<Task> what) => TryAsync(async () =>
    {
        await what();
        _keys = await Service.KeysAsync();
    });
}
