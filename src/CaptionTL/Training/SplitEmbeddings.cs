namespace CaptionTL.Training;

/// <summary>Embeddings of one cut.</summary>
/// <param name="Train">Of the training pictures, in the plan's number of views.</param>
/// <param name="Dev">Of the dev pictures, in <see cref="Plans.HeadPlan.DevViews"/> views.</param>
public sealed record SplitEmbeddings(IPictureEmbeddings Train, IPictureEmbeddings Dev);
