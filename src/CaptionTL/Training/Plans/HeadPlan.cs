using System.Text.Json.Serialization;

namespace CaptionTL.Training.Plans;

/// <summary>What stands on top of the backbone, and how it reads it. In a plan file "kind" says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CaptionHeadPlan), "caption")]
[JsonDerivedType(typeof(DenseHeadPlan), "dense")]
[JsonDerivedType(typeof(ClassicalHeadPlan), "classical")]
public abstract record HeadPlan
{
    /// <summary>What the model is for: "caption" or "classify".</summary>
    [JsonIgnore]
    public abstract string Task { get; }

    /// <summary>Views of every dev picture that it is scored with: the picture, and its mirror image where that is read too.</summary>
    [JsonIgnore]
    public virtual int DevViews => 1;

    /// <exception cref="CaptionTLException">A value is out of range; the message names it.</exception>
    public abstract HeadPlan Validated();

    protected static CaptionTLException Wrong(string name, object value, string range) =>
        new(FormattableString.Invariant($"The head's {name} is {value}; it must be {range}."));
}
