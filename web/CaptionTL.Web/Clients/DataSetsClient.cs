using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Clients;

/// <summary>Pictures with captions or labels: /api/v1/datasets.</summary>
public sealed class DataSetsClient(ApiClient api)
{
    public Task<List<DataSetInfo>> AllAsync(CancellationToken cancel = default) =>
        api.GetAsync<List<DataSetInfo>>("api/v1/datasets", cancel);

    /// <param name="report">Have the set checked: seconds where there are thousands of pictures.</param>
    public Task<DataSetDetails> GetAsync(string name, bool report = false, CancellationToken cancel = default) =>
        api.GetAsync<DataSetDetails>($"{Path(name)}?report={(report ? "true" : "false")}", cancel);

    /// <summary>A set without pictures so far.</summary>
    public async Task<DataSetDetails> CreateAsync(string name, DataSetKind kind, CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent { { new StringContent(name), "name" },
            { new StringContent(kind == DataSetKind.Classes ? "classes" : "captions"), "kind" } };
        return await api.SendAsync<DataSetDetails>(HttpMethod.Post, "api/v1/datasets", form, cancel);
    }

    /// <summary>What an upload may bring; the browser sends it to the API itself.</summary>
    public Task<UploadLimits> UploadLimitsAsync(CancellationToken cancel = default) =>
        api.GetAsync<UploadLimits>("api/v1/datasets/uploads", cancel);

    public Task DeleteAsync(string name) => api.SendAsync(HttpMethod.Delete, Path(name));

    public Task<DataSetPicturePage> PicturesAsync(string name, int offset, int limit, PictureQuery query,
        CancellationToken cancel = default) =>
        api.GetAsync<DataSetPicturePage>($"{Path(name)}/pictures?offset={offset}&limit={limit}{query.ToQuery()}", cancel);

    /// <summary>One more picture that the visitor picked.</summary>
    /// <param name="label">Its class; null where nothing is known of it yet.</param>
    /// <returns>The picture as the data set has it.</returns>
    /// <exception cref="ApiFailure">It cannot be sent or is not taken; says why.</exception>
    public async Task<IReadOnlyList<DataSetPicture>> AddAsync(string name, PickedPicture picture, string? label,
        CancellationToken cancel = default)
    {
        if (picture.Problem is { } problem) throw new ApiFailure(0, "not_sent", $"{picture.Name}: {problem}");
        using var form = new MultipartFormDataContent();
        if (label is not null) form.Add(new StringContent(label), "class");
        form.Add(new ByteArrayContent(picture.Bytes), "file", picture.Name);
        var added = await api.SendAsync<PicturesAdded>(HttpMethod.Post, $"{Path(name)}/pictures", form, cancel);
        return added.LeftOut is [var left, ..] ? throw new ApiFailure(422, "left_out", $"{picture.Name}: {left.Reason}") : added.Pictures;
    }

    /// <summary>What a person says the picture shows: kept for the next version.</summary>
    public async Task<DataSetPicture> CorrectAsync(string name, SentPicture picture, string field, string text,
        CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent { { new StringContent(text), field } };
        picture.AddTo(form);
        return await api.SendAsync<DataSetPicture>(HttpMethod.Post, $"{Path(name)}/corrections", form, cancel);
    }

    public Task<DataSetPicture> ChangeAsync(string name, int id, DataSetPictureChange change, CancellationToken cancel = default) =>
        api.SendAsync<DataSetPicture>(HttpMethod.Patch, PicturePath(name, id),
            JsonContent.Create(change, options: ApiJson.Options), cancel);

    /// <summary>Many pictures to a class or split, in one version.</summary>
    public Task<DataSetInfo> MoveAsync(string name, DataSetPicturesChange change, CancellationToken cancel = default) =>
        api.SendAsync<DataSetInfo>(HttpMethod.Patch, $"{Path(name)}/pictures",
            JsonContent.Create(change, options: ApiJson.Options), cancel);

    /// <summary>Begins a search for pictures that are nearly the same, unless it runs or is done.</summary>
    public Task<NearDuplicateSearch> FindNearDuplicatesAsync(string name, CancellationToken cancel = default) =>
        api.PostAsync<NearDuplicateSearch>($"{Path(name)}/near-duplicates", cancel: cancel);

    /// <summary>How far the search is, or what it found; null where this version has not been searched.</summary>
    public async Task<NearDuplicateSearch?> NearDuplicatesAsync(string name, CancellationToken cancel = default)
    {
        try
        {
            return await api.GetAsync<NearDuplicateSearch>($"{Path(name)}/near-duplicates", cancel);
        }
        catch (ApiFailure failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    public Task RemoveAsync(string name, int id) => api.SendAsync(HttpMethod.Delete, PicturePath(name, id));

    public static string PictureAddress(string name, int id) => "/" + PicturePath(name, id);

    public static string ThumbnailAddress(string name, int id) => $"/{PicturePath(name, id)}/thumbnail";

    private static string PicturePath(string name, int id) => $"{Path(name)}/pictures/{id}";

    private static string Path(string name) => $"api/v1/datasets/{Uri.EscapeDataString(name)}";
}
