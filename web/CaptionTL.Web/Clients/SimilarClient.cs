using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>What a model learned from that is like a picture: POST /api/v1/similar.</summary>
public sealed class SimilarClient(ApiClient api)
{
    /// <summary>Code of the failure where the model's training pictures are not on the service.</summary>
    public const string Absent = "training_pictures_absent";

    /// <exception cref="ApiFailure">There is no answer; says why.</exception>
    public async Task<SimilarPictures> FindAsync(SentPicture picture, ModelUsed model, CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent { { new StringContent($"{model.Name}@{model.Version}"), "model" } };
        picture.AddTo(form);
        return await api.SendAsync<SimilarPictures>(HttpMethod.Post, "api/v1/similar", form, cancel);
    }
}
