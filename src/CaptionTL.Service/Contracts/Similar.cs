namespace CaptionTL.Service.Contracts;

/// <summary>Pictures that a model learned from, and that are like the one sent.</summary>
/// <param name="Model">Whose training pictures were compared.</param>
/// <param name="Data">The data set with its version: "flowers@3".</param>
/// <param name="Backbone">The pretrained network that compares: the model's own before anything of it was trained.</param>
/// <param name="Compared">Training pictures.</param>
/// <param name="Pictures">The most similar first.</param>
public sealed record SimilarPictures(ModelUsed Model, string Data, string Backbone, int Compared, IReadOnlyList<SimilarPicture> Pictures);

/// <summary>A picture that a model learned from.</summary>
/// <param name="Id">Within the data set.</param>
/// <param name="Name">The file name it came with.</param>
/// <param name="Similarity">Cosine of the averaged embeddings, -1 to 1; 1 is the same.</param>
/// <param name="Captions">That the model learned; null where pictures have labels.</param>
/// <param name="Label">That the model learned; null where pictures have captions.</param>
public sealed record SimilarPicture(int Id, string Name, double Similarity, IReadOnlyList<string>? Captions, string? Label);

/// <summary>Pictures that are the same, or nearly.</summary>
/// <param name="Pictures">At least two.</param>
/// <param name="AcrossSplits">They are in different splits.</param>
/// <param name="AcrossClasses">They have different labels, of which one at most is right.</param>
/// <param name="Similarity">Every one is at least this similar to another one of them; 1 is the same.</param>
public sealed record SamePictures(IReadOnlyList<PictureName> Pictures, bool AcrossSplits, bool AcrossClasses, double Similarity = 1);

/// <summary>A search for pictures that are nearly the same.</summary>
/// <param name="State">"running", "done" or "failed".</param>
/// <param name="Version">Of the data set that is or was searched.</param>
/// <param name="Similarity">Cosine similarity from which on two pictures count as nearly the same.</param>
/// <param name="Done">Pictures so far.</param>
/// <param name="Total">Pictures in all.</param>
/// <param name="Backbone">The network that compares them.</param>
/// <param name="Groups">Those across splits first, then the most similar first; null until done.</param>
/// <param name="AcrossSplits">Groups of which one picture is trained on and another scored.</param>
/// <param name="AcrossClasses">Groups with different labels.</param>
/// <param name="Problem">Why it failed.</param>
public sealed record NearDuplicateSearch(
    string State, int Version, double Similarity, int Done, int Total, string? Backbone = null,
    IReadOnlyList<SamePictures>? Groups = null, int? AcrossSplits = null, int? AcrossClasses = null, string? Problem = null);
