using System.Text.Json;

namespace CaptionTL.Service.Contracts;

/// <summary>How a job does its work; each kind has its own part of these.</summary>
public abstract record JobSettings
{
    /// <summary>train, race: name of the model that is made; the data set's when null. evaluate, caption: the model that is asked, "bees" or "bees@3".</summary>
    public string? Model { get; init; }

    /// <summary>train, embed: name of a plan ("features+logistic") or a whole plan as an object; when null the usual one for the data.</summary>
    public JsonElement? Plan { get; init; }

    /// <summary>train, embed: changes of the plan, each PATH=VALUE: "phases[0].epochs=5".</summary>
    public IReadOnlyList<string>? Set { get; init; }

    /// <summary>race: names of plans; all for this kind of data when null.</summary>
    public IReadOnlyList<string>? Plans { get; init; }

    /// <summary>race: time for all of it, minutes; 30 when null.</summary>
    public double? Minutes { get; init; }

    /// <summary>race: each plan also on 10, 25 and 50 % of the training pictures.</summary>
    public bool? LearningCurve { get; init; }

    /// <summary>evaluate: "train", "dev", "test" or "all"; when null the official test pictures, else the dev pictures of the model's own run, else all.</summary>
    public string? Split { get; init; }

    /// <summary>evaluate, caption: captions followed at once; the model's when null.</summary>
    public int? Beam { get; init; }

    /// <summary>caption: captions, or classes, for each picture; 1 when null.</summary>
    public int? Best { get; init; }

    /// <summary>train, race: use the new version from now on. When null only where its name has no version yet.</summary>
    public bool? Promote { get; init; }

    /// <summary>-100 to 100; higher ones run first. 0 when null.</summary>
    public int? Priority { get; init; }
}
