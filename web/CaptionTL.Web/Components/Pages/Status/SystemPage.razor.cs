using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Status;

/// <summary>Jobs and models, kept up to date while it is open; cache, health and keys.</summary>
public sealed partial class SystemPage : ApiComponent
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    private JobPage? _jobs;
    private IReadOnlyList<Model>? _models;

    protected override Task OnInitializedAsync() => FetchAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = KeepUpAsync();
    }

    private async Task KeepUpAsync()
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(Leaving)) await InvokeAsync(FetchAsync);
        }
        catch (OperationCanceledException)
        {
            // the visitor has left the page
        }
    }

    private Task FetchAsync() => TryAsync(async () =>
    {
        _jobs = await Jobs.PageAsync(30, Leaving);
        _models = await Models.AllAsync(Leaving);
    });
}
