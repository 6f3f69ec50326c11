using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Components.Shared;

/// <summary>
/// A component that asks the API: keeps what went wrong for its <see cref="FailureNotice"/>, and gives up when its visitor leaves.
/// </summary>
public abstract class ApiComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();

    protected ApiComponent() => Leaving = _leaving.Token;

    /// <summary>The visitor has left the page, or the component was closed.</summary>
    protected CancellationToken Leaving { get; }

    /// <summary>Of the last <see cref="TryAsync"/>; null where it went well.</summary>
    protected ApiException? Failure { get; private set; }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does something, keeps its failure, and shows what came of it.</summary>
    protected async Task TryAsync(Func<Task> what)
    {
        ArgumentNullException.ThrowIfNull(what);
        Failure = null;
        try
        {
            await what();
        }
        catch (ApiException failure)
        {
            Failure = failure;
        }
        catch (OperationCanceledException)
        {
            // the visitor has left the page
        }
        StateHasChanged();
    }
}
