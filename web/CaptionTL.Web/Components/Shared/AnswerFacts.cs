using System.Globalization;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Components.Shared;

/// <summary>The small line below an answer: how long it took, who answered, what was sent.</summary>
public static class AnswerFacts
{
    public static string Of(PickedPicture picture, AnswerTiming timing, ModelUsed model)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(timing);
        ArgumentNullException.ThrowIfNull(model);
        var scaled = picture.ScaledFrom is { } size ? $" · sent smaller than its {size}" : "";
        var time = timing.Model > 0 ? string.Create(CultureInfo.InvariantCulture, $"{timing.Total:0} ms") : "asked before"; // of a kept answer the model knows nothing
        return string.Create(CultureInfo.InvariantCulture, $"{time} · {model.Name} {model.Version}{scaled}");
    }
}
