using CaptionTL.Service.Contracts;
using CaptionTL.Web.Clients;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Components.Pages.Classify;

/// <summary>A picture on the page and what it was taken for.</summary>
public sealed class ClassifyEntry(PickedPicture picture)
{
    public Guid Id { get; } = Guid.NewGuid();

    public PickedPicture Picture => picture;

    public ClassAnswer? Answer { get; set; }

    public ApiFailure? Failure { get; set; }

    /// <summary>The most probable first.</summary>
    public IReadOnlyList<ClassProbability> Classes => Answer?.Results[0].Classes ?? [];

    public bool IsBusy => Answer is null && Failure is null;

    public void Restart() => (Answer, Failure) = (null, null);
}
