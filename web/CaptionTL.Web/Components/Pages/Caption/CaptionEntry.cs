using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Components.Pages.Caption;

/// <summary>A picture on the page and what became of it.</summary>
public sealed class CaptionEntry(PickedPicture picture)
{
    public Guid Id { get; } = Guid.NewGuid();

    public PickedPicture Picture => picture;

    /// <summary>The caption so far.</summary>
    public string Words { get; set; } = "";

    public CaptionAnswer? Answer { get; set; }

    public ApiFailure? Failure { get; set; }

    /// <summary>Which of the captions is shown large.</summary>
    public int Chosen { get; set; }

    public IReadOnlyList<WrittenCaption> Captions => Answer?.Results[0].Captions ?? [];

    public WrittenCaption? Caption => Captions.ElementAtOrDefault(Chosen);

    public bool IsBusy => Answer is null && Failure is null;

    /// <summary>Asked anew, with other options.</summary>
    public void Restart() => (Words, Answer, Failure, Chosen) = ("", null, null, 0);
}
