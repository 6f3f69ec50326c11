using CaptionTL.Datasets;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Visitors;

/// <summary>Images with captions or labels, as the visitor may use them.</summary>
internal sealed class VisitorDataSets(Visitor visitor, DataSetService sets, NearDuplicateRunner nearDuplicates)
{
    /// <summary>What an upload may bring; the browser sends it to the API itself.</summary>
    public UploadLimits Limits => sets.Limits;

    public Task<IReadOnlyList<DataSetInfo>> AllAsync() => visitor.DoAsync(ApiScope.Train, _ => Task.FromResult(sets.List()));

    /// <param name="name">Of the data set.</param>
    /// <param name="report">Have the set checked: seconds where there are thousands of images.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<DataSetDetails> GetAsync(string name, bool report = false, CancellationToken cancel = default) =>
        visitor.DoAsync(ApiScope.Train, _ => sets.GetAsync(name, report, cancel));

    /// <summary>A set without images so far.</summary>
    public Task CreateAsync(string name, DataSetKind kind) => visitor.DoAsync(ApiScope.Train, async by =>
    {
        using var form = sets.NewForm();
        form.Set("name", name);
        form.Set("kind", kind.ToString());
        await sets.CreateAsync(form, by, default);
    });

    public Task DeleteAsync(string name) => visitor.DoAsync(ApiScope.Train, _ => sets.DeleteAsync(name, default));

    public Task<DataSetImagePage> ImagesAsync(string name, ImageQuery query, int offset, int limit) =>
        visitor.DoAsync(ApiScope.Train, _ => Task.FromResult(sets.Images(name, query, offset, limit)));

    /// <summary>One more image that the visitor picked.</summary>
    /// <param name="name">Of the data set.</param>
    /// <param name="image">What the browser sent.</param>
    /// <param name="label">Its class; null where nothing is known of it yet.</param>
    /// <returns>The image as the data set has it.</returns>
    /// <exception cref="ApiException">It could not be sent or is not taken; says why.</exception>
    public Task<IReadOnlyList<DataSetImage>> AddAsync(string name, PickedImage image, string? label) =>
        visitor.DoAsync(ApiScope.Train, async by =>
        {
            if (image.Problem is { } problem) throw ApiException.Invalid($"{image.Name}: {problem}");
            using var form = await FormAsync(image, "class", label);
            var added = sets.Add(name, form, by, default);
            return added.LeftOut is [var left, ..] ? throw ApiException.Invalid($"{image.Name}: {left.Reason}") : added.Images;
        });

    /// <summary>What a person says the image shows: kept for the next version.</summary>
    public Task CorrectAsync(string name, PickedImage image, string field, string text) =>
        visitor.DoAsync(ApiScope.Caption, async by =>
        {
            using var form = await FormAsync(image, field, text);
            sets.Correct(name, form, by);
        });

    public Task<DataSetImage> ChangeAsync(string name, int id, DataSetImageChange change) =>
        visitor.DoAsync(ApiScope.Train, by => Task.FromResult(sets.Change(name, id, change, by)));

    /// <summary>Many images to a class or split, in one version.</summary>
    public Task MoveAsync(string name, DataSetImagesChange change) =>
        visitor.DoAsync(ApiScope.Train, by => Task.FromResult(sets.Move(name, change, by)));

    public Task RemoveAsync(string name, int id) => visitor.DoAsync(ApiScope.Train, by => sets.DeleteImageAsync(name, id, by, default));

    /// <summary>Begins a search for images that are nearly the same, unless it runs or is done.</summary>
    public Task<NearDuplicateSearch> FindNearDuplicatesAsync(string name) =>
        visitor.DoAsync(ApiScope.Train, _ => Task.FromResult(nearDuplicates.Start(name, NearDuplicateFinder.DefaultThreshold)));

    /// <summary>How far the search is, or what it found; null where this version has not been searched.</summary>
    public async Task<NearDuplicateSearch?> NearDuplicatesAsync(string name)
    {
        try
        {
            return await visitor.DoAsync(ApiScope.Train,
                _ => Task.FromResult(nearDuplicates.Get(name, NearDuplicateFinder.DefaultThreshold)));
        }
        catch (ApiException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    private async Task<ImageForm> FormAsync(PickedImage image, string field, string? text)
    {
        var form = sets.NewForm();
        try
        {
            if (text is not null) form.Set(field, text);
            await form.AddFileAsync(new MemoryStream(image.Bytes), image.Name, default);
            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }
}
