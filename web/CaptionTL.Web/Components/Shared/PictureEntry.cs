using CaptionTL.Web.Clients;

namespace CaptionTL.Web.Components.Shared;

/// <summary>A picture on the page, and what a model said of it.</summary>
public abstract class PictureEntry<TAnswer>(PickedPicture picture) where TAnswer : class
{
    public Guid Id { get; } = Guid.NewGuid();

    public PickedPicture Picture => picture;

    public TAnswer? Answer { get; private set; }

    public ApiFailure? Failure { get; private set; }

    public bool IsBusy => Answer is null && Failure is null;

    /// <summary>Asked anew, with other options.</summary>
    public virtual void Restart() => (Answer, Failure) = (null, null);

    /// <summary>Sends the picture, and keeps the answer or what went wrong; neither where the visitor left meanwhile.</summary>
    public async Task AskAsync(Func<SentPicture, Task<TAnswer>> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            if (Picture.Problem is { } problem) throw new ApiFailure(0, "not_sent", problem, "Choose another picture.");
            Answer = await ask(new SentPicture(Picture.Name, Picture.Bytes));
        }
        catch (ApiFailure failure)
        {
            Failure = failure;
        }
        catch (OperationCanceledException)
        {
            // the visitor has left the page
        }
    }
}
