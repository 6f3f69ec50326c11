using CaptionTL.Service.Contracts;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Clients;

/// <summary>Images with captions or labels: /api/v1/datasets.</summary>
public sealed class DataSetsClient(ApiClient api)
{
    public Task<List<DataSetInfo>> AllAsync(CancellationToken cancel = default) =>
        api.GetAsync<List<DataSetInfo>>("api/v1/datasets", cancel);

    /// <param name="report">Have the set checked: seconds where there are thousands of images.</param>
    public Task<DataSetDetails> GetAsync(string name, bool report = false, CancellationToken cancel = default) =>
        api.GetAsync<DataSetDetails>($"{Path(name)}?report={(report ? "true" : "false")}", cancel);

    /// <summary>A set without images so far.</summary>
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

    public Task<DataSetImagePage> ImagesAsync(string name, int offset, int limit, ImageQuery query,
        CancellationToken cancel = default) =>
        api.GetAsync<DataSetImagePage>($"{Path(name)}/images?offset={offset}&limit={limit}{query.ToQuery()}", cancel);

    /// <summary>One more image that the visitor picked.</summary>
    /// <param name="label">Its class; null where nothing is known of it yet.</param>
    /// <returns>The image as the data set has it.</returns>
    /// <exception cref="ApiFailure">It cannot be sent or is not taken; says why.</exception>
    public async Task<IReadOnlyList<DataSetImage>> AddAsync(string name, PickedImage image, string? label,
        CancellationToken cancel = default)
    {
        if (image.Problem is { } problem) throw new ApiFailure(0, "not_sent", $"{image.Name}: {problem}");
        using var form = new MultipartFormDataContent();
        if (label is not null) form.Add(new StringContent(label), "class");
        form.Add(new ByteArrayContent(image.Bytes), "file", image.Name);
        var added = await api.SendAsync<ImagesAdded>(HttpMethod.Post, $"{Path(name)}/images", form, cancel);
        return added.LeftOut is [var left, ..] ? throw new ApiFailure(422, "left_out", $"{image.Name}: {left.Reason}") : added.Images;
    }

    /// <summary>What a person says the image shows: kept for the next version.</summary>
    public async Task<DataSetImage> CorrectAsync(string name, SentImage image, string field, string text,
        CancellationToken cancel = default)
    {
        using var form = new MultipartFormDataContent { { new StringContent(text), field } };
        image.AddTo(form);
        return await api.SendAsync<DataSetImage>(HttpMethod.Post, $"{Path(name)}/corrections", form, cancel);
    }

    public Task<DataSetImage> ChangeAsync(string name, int id, DataSetImageChange change, CancellationToken cancel = default) =>
        api.SendAsync<DataSetImage>(HttpMethod.Patch, ImagePath(name, id),
            JsonContent.Create(change, options: ApiJson.Options), cancel);

    /// <summary>Many images to a class or split, in one version.</summary>
    public Task<DataSetInfo> MoveAsync(string name, DataSetImagesChange change, CancellationToken cancel = default) =>
        api.SendAsync<DataSetInfo>(HttpMethod.Patch, $"{Path(name)}/images",
            JsonContent.Create(change, options: ApiJson.Options), cancel);

    /// <summary>Begins a search for images that are nearly the same, unless it runs or is done.</summary>
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

    public Task RemoveAsync(string name, int id) => api.SendAsync(HttpMethod.Delete, ImagePath(name, id));

    public static string ImageAddress(string name, int id) => "/" + ImagePath(name, id);

    public static string ThumbnailAddress(string name, int id) => $"/{ImagePath(name, id)}/thumbnail";

    private static string ImagePath(string name, int id) => $"{Path(name)}/images/{id}";

    private static string Path(string name) => $"api/v1/datasets/{Uri.EscapeDataString(name)}";
}
