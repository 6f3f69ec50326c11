namespace CaptionTL.Service.Contracts;

/// <summary>Images that a model learned from, and that are like the one sent.</summary>
/// <param name="Model">Whose training images were compared.</param>
/// <param name="Data">The data set with its version: "flowers@3".</param>
/// <param name="Backbone">The pretrained network that compares: the model's own before anything of it was trained.</param>
/// <param name="Compared">Training images.</param>
/// <param name="Images">The most similar first.</param>
public sealed record SimilarImages(ModelUsed Model, string Data, string Backbone, int Compared, IReadOnlyList<SimilarImage> Images);

/// <summary>An image that a model learned from.</summary>
/// <param name="Id">Within the data set.</param>
/// <param name="Name">The file name it came with.</param>
/// <param name="Similarity">Cosine of the averaged embeddings, -1 to 1; 1 is the same.</param>
/// <param name="Captions">That the model learned; null where images have labels.</param>
/// <param name="Label">That the model learned; null where images have captions.</param>
public sealed record SimilarImage(int Id, string Name, double Similarity, IReadOnlyList<string>? Captions, string? Label);

/// <summary>Images that are the same, or nearly.</summary>
/// <param name="Images">At least two.</param>
/// <param name="AcrossSplits">They are in different splits.</param>
/// <param name="AcrossClasses">They have different labels, of which one at most is right.</param>
/// <param name="Similarity">Every one is at least this similar to another one of them; 1 is the same.</param>
public sealed record SameImages(IReadOnlyList<ImageName> Images, bool AcrossSplits, bool AcrossClasses, double Similarity = 1);

/// <summary>A search for images that are nearly the same.</summary>
/// <param name="State">"running", "done" or "failed".</param>
/// <param name="Version">Of the data set that is or was searched.</param>
/// <param name="Similarity">Cosine similarity from which on two images count as nearly the same.</param>
/// <param name="Done">Images so far.</param>
/// <param name="Total">Images in all.</param>
/// <param name="Backbone">The network that compares them.</param>
/// <param name="Groups">Those across splits first, then the most similar first; null until done.</param>
/// <param name="AcrossSplits">Groups of which one image is trained on and another scored.</param>
/// <param name="AcrossClasses">Groups with different labels.</param>
/// <param name="Problem">Why it failed.</param>
public sealed record NearDuplicateSearch(
    string State, int Version, double Similarity, int Done, int Total, string? Backbone = null,
    IReadOnlyList<SameImages>? Groups = null, int? AcrossSplits = null, int? AcrossClasses = null, string? Problem = null);
