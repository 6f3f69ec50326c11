namespace CaptionTL.Service.Contracts;

/// <summary>Pictures that a model learned from, and that are like the one sent.</summary>
/// <param name="Model">Whose training pictures were compared.</param>
/// <param name="Data">The data set with its version: "flowers@3".</param>
/// <param name="Backbone">The pretrained network that compares: the model's own before anything of it was trained.</param>
/// <param name="Compared">Training pictures.</param>
/// <param name="Pictures">The most similar first.</param>
public sealed record SimilarPictures(ModelUsed Model, string Data, string Backbone, int Compared, IReadOnlyList<SimilarPicture> Pictures);
