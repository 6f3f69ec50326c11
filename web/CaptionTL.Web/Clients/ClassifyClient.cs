using CaptionTL.Service.Contracts;

namespace CaptionTL.Web.Clients;

/// <summary>Classes for pictures: POST /api/v1/classify.</summary>
public sealed class ClassifyClient(ApiClient api)
{
    /// <summary>Classes asked for: more than a page shows at once.</summary>
    private const string Classes = "50";

    /// <summary>Probabilities of one picture's classes; what counts as unknown is left to the page.</summary>
    /// <param name="model">The default one when null.</param>
    /// <exception cref="ApiFailure">There is no answer; says why.</exception>
    public async Task<ClassAnswer> ClassifyAsync(SentPicture picture, string? model, CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent();
        picture.AddTo(form);
        form.Add(new StringContent(Classes), "topK");
        if (model is not null) form.Add(new StringContent(model), "model");
        var answer = await api.SendAsync<ClassAnswer>(HttpMethod.Post, "api/v1/classify", form, cancel);
        if (answer.Results is [{ Problem: { } problem }, ..]) throw new ApiFailure(422, problem.Code, problem.Message, problem.Hint);
        return answer;
    }
}
