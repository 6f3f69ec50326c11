using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Pages.Status;

/// <summary>Jobs, models and health; kept up to date while it is open.</summary>
public sealed partial class SystemPage(JobsClient jobs, ModelsClient models) : ComponentBase, IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _leaving = new();
    private JobPage? _jobs;
    private IReadOnlyList<Model>? _models;
    private ApiFailure? _failure;

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

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
            while (await timer.WaitForNextTickAsync(_leaving.Token))
            {
                await FetchAsync();
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // the visitor has left the page
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            _jobs = await jobs.PageAsync(limit: 30, cancel: _leaving.Token);
            _models = await models.AllAsync(_leaving.Token);
            _failure = null;
        }
        catch (ApiFailure failure)
        {
            _failure = failure;
        }
    }
}
