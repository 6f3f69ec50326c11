using CaptionTL.Datasets;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.DataSets;

/// <summary>
/// What can be done with data sets, for the API and the pages. "by" is the name of the key, recorded with the change; null where no keys
/// are used. A method that names a data set or an image throws an <see cref="ApiException"/> where there is none.
/// </summary>
internal sealed class DataSetService(DataSetStore store, DataSetChecks checks, JobStore jobs, IOptions<DataSetOptions> options)
{
    private const int MostCaptions = 100;
    private const int LongestCaption = 2000;

    public UploadLimits Limits => new(options.Value.MaxUploadBytes, options.Value.MaxFiles, DatasetReader.ImageEndings,
        DatasetReader.TextEndings);

    public IReadOnlyList<DataSetInfo> List() => [.. store.Names.Select(n => store.Get(n).Info())];

    /// <param name="name">Of the data set.</param>
    /// <param name="report">Whether the version is checked too: seconds for thousands of images the first time.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<DataSetDetails> GetAsync(string name, bool report, CancellationToken cancellation)
    {
        var set = store.Get(name);
        return Details(set, report ? await checks.ReportAsync(set, cancellation) : null);
    }

    /// <summary>An empty form for images that come from this process.</summary>
    public ImageForm NewForm() => new(store.StagingRoot, options.Value);

    /// <summary>The form of a request; the caller disposes of it.</summary>
    /// <param name="context">Its body may be as large as an upload.</param>
    /// <param name="name">The data set that the images are for; null for a new one.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ApiException">Not such a form, or more than an upload may bring.</exception>
    public async Task<ImageForm> ReadFormAsync(HttpContext context, string? name, CancellationToken cancellation)
    {
        if (name is not null) store.Get(name); // before the body is read
        RequestSize.Allow(context, options.Value.MaxUploadBytes);
        var form = NewForm();
        try
        {
            await form.ReadAsync(context.Request, cancellation);
            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    /// <summary>Makes a data set of a zip archive or of images; without images where the form says of which kind it will be.</summary>
    /// <exception cref="ApiException">The name is taken or invalid, or nothing usable came.</exception>
    public async Task<DataSetDetails> CreateAsync(ImageForm form, string? by, CancellationToken cancellation)
    {
        var name = Free(form.Name);
        if (form.Zip is { } zip) return await CreatedAsync(FromZip(form.Intake, zip, name, by, cancellation), cancellation);
        var (kind, intake) = (KindOf(form), form.Intake);
        if (intake.Rows.Count == 0 && (form.Kind is null || intake.LeftOut.Count > 0)) throw Nothing(intake);
        Directory.CreateDirectory(Path.Combine(intake.Folder, "pictures")); // an empty set has it too
        return await CreatedAsync(store.Create(name, kind, intake, by), cancellation);
    }

    /// <summary>Makes a data set of an archive on this machine.</summary>
    /// <exception cref="ApiException">The name is taken or invalid, or the archive holds nothing usable, or too much.</exception>
    public async Task<DataSetDetails> CreateFromZipAsync(string zip, string name, string? by, CancellationToken cancellation)
    {
        using var form = NewForm();
        var set = await Task.Run(() => FromZip(form.Intake, zip, Free(name), by, cancellation), cancellation);
        return await CreatedAsync(set, cancellation);
    }

    /// <exception cref="ApiException">A job uses the data set.</exception>
    public async Task DeleteAsync(string name, CancellationToken cancellation)
    {
        store.Get(name);
        await RefuseInUseAsync(name, cancellation);
        store.Delete(name);
    }

    /// <exception cref="ApiException">The split is unknown, or the range is out of bounds.</exception>
    public DataSetImagePage Images(string name, ImageQuery query, int offset, int limit)
    {
        (offset, limit) = Paging.Check(offset, limit);
        var set = store.Get(name);
        Split? split = query.Split is null or "none" ? null : SplitNames.Parse(query.Split)
            ?? throw ApiException.Invalid("split must be train, dev, test or none.");
        var found = set.Rows.Where(r => (query.Split is null || r.Split == split) && (query.Class is null || r.Label == query.Class)
            && (query.Undescribed != true || !r.IsDescribed)
            && (string.IsNullOrWhiteSpace(query.Search) || Contains(r, query.Search.Trim()))).ToList();
        return new DataSetImagePage(set.State.Version, found.Count, offset, [.. found.Skip(offset).Take(limit).Select(set.Image)]);
    }

    /// <exception cref="ApiException">
    /// The images are described in another way than those of the data set, or nothing usable came.
    /// </exception>
    public ImagesAdded Add(string name, ImageForm form, string? by, CancellationToken cancellation)
    {
        var (before, intake) = (store.Get(name), form.Intake);
        if (form.Zip is { } zip && ZipImport.Read(zip, name, intake, options.Value, cancellation) is var kind && kind != before.State.Kind)
            throw WrongKind(before);
        if (form.HasCaptions || form.HasClasses) CheckKind(before, form);
        if (intake.Rows.Count == 0) throw Nothing(intake);
        var (after, added) = store.Add(name, intake, $"{DataSetStore.Images(intake.Rows.Count)} added", by);
        return new ImagesAdded(after.State.Version, [.. added.Select(after.Image)], intake.LeftOut);
    }

    /// <summary>
    /// Adds a caption or class that a person gave to an image which a model got wrong. An image that is there already (the same bytes)
    /// gets the caption in addition, the class instead.
    /// </summary>
    /// <exception cref="ApiException">The form has more or less than one image with its caption or class.</exception>
    public DataSetImage Correct(string name, ImageForm form, string? by)
    {
        const string What = "1 correction";
        var (before, intake) = (store.Get(name), form.Intake);
        if (form.Zip is not null || intake.Rows.Count + intake.LeftOut.Count != 1)
            throw ApiException.Invalid("A correction is one image.",
                "Send the field caption or class, then the image in the field image.");
        if (intake.Rows.Count == 0) throw Nothing(intake);
        if (!form.HasCaptions && !form.HasClasses)
            throw ApiException.Invalid("The correction says nothing of the image.",
                "The field caption or class stands before the image.");
        CheckKind(before, form);
        var given = intake.Rows[0];
        ImageRow? there = null;
        var after = store.Change(name, What, by, now =>
        {
            there = now.Rows.FirstOrDefault(r => r.Sha256 == given.Sha256);
            if (there is null) return now;
            there = there with { Corrected = true, Label = given.Label ?? there.Label, Captions = given.Captions is null ? there.Captions
                : [.. (there.Captions ?? []).Union(given.Captions, StringComparer.Ordinal)] };
            return Replaced(now, there);
        });
        if (there is not null) return after.Image(there);
        intake.MarkCorrected();
        var (grown, added) = store.Add(name, intake, What, by);
        return grown.Image(added[0]);
    }

    /// <summary>Changes what is known of an image.</summary>
    /// <exception cref="ApiException">Nothing is to be changed, or the data set's images have no such thing.</exception>
    public DataSetImage Change(string name, int id, DataSetImageChange change, string? by)
    {
        var after = store.Change(name, "1 image described anew", by, set => Replaced(set, Applied(set, set.Find(id), change)));
        return after.Image(after.Find(id));
    }

    /// <summary>Moves many images to a class or split, in one version.</summary>
    /// <exception cref="ApiException">
    /// No images are named, nothing is to be changed, or the images have captions instead of classes.
    /// </exception>
    public DataSetInfo Move(string name, DataSetImagesChange change, string? by)
    {
        if (change.Ids is not { Count: > 0 }) throw ApiException.Invalid("No images are named.", "Send their ids.");
        var ids = change.Ids.ToHashSet();
        var each = new DataSetImageChange(Label: change.Label, Split: change.Split);
        return store.Change(name, $"{DataSetStore.Images(ids.Count)} moved", by, set =>
        {
            foreach (var unknown in ids.Except(set.Rows.Select(r => r.Id))) set.Find(unknown); // says that there is none
            return set with { Rows = [.. set.Rows.Select(r => ids.Contains(r.Id) ? Applied(set, r, each) : r)] };
        }).Info();
    }

    /// <summary>Deletes an image, its bytes too.</summary>
    /// <exception cref="ApiException">A job uses the data set.</exception>
    public async Task DeleteImageAsync(string name, int id, string? by, CancellationToken cancellation)
    {
        var row = store.Get(name).Find(id);
        await RefuseInUseAsync(name, cancellation);
        store.Change(name, "1 image deleted", by, set =>
        {
            row = set.Find(id);
            return set with { Rows = [.. set.Rows.Where(r => r.Id != id)] };
        });
        foreach (var path in (string[])[store.Files(name).Thumbnail(row), store.Files(name).Image(row)])
            if (File.Exists(path)) File.Delete(path);
    }

    private async Task<DataSetDetails> CreatedAsync(DataSetSnapshot set, CancellationToken cancellation) =>
        Details(set, await checks.ReportAsync(set, cancellation));

    private static DataSetDetails Details(DataSetSnapshot set, DataSetReport? report) =>
        new(set.Info(), [.. set.State.Changes.Reverse()], set.State.LeftOut, report);

    private DataSetSnapshot FromZip(ImageIntake intake, string zip, string name, string? by, CancellationToken cancellation)
    {
        var kind = ZipImport.Read(zip, name, intake, options.Value, cancellation);
        if (intake.Rows.Count == 0) throw Nothing(intake);
        return store.Create(name, kind, intake, by);
    }

    private string Free(string? name) => store.Exists(DataSetName.Check(name)) ? throw DataSetStore.Taken(name!) : name!;

    private async Task RefuseInUseAsync(string name, CancellationToken cancellation)
    {
        if (await jobs.UserOfAsync(name, cancellation) is { } user)
            throw new ApiException(409, "data_set_in_use", $"The data set '{name}' is in use by {user}.",
                "Wait until it has finished, or cancel it.");
    }

    private static bool Contains(ImageRow row, string text) =>
        row.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
        || row.Label?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || row.Captions?.Any(c => c.Contains(text, StringComparison.OrdinalIgnoreCase)) == true;

    private static DataSetSnapshot Replaced(DataSetSnapshot set, ImageRow row) =>
        set with { Rows = [.. set.Rows.Select(r => r.Id == row.Id ? row : r)] };

    private static ImageRow Applied(DataSetSnapshot set, ImageRow row, DataSetImageChange change)
    {
        if (change is { Captions: null, Label: null, Split: null })
            throw ApiException.Invalid("Nothing is to be changed.", "Send captions (of one image), label or split.");
        if (change.Split is { } split)
            row = Enum.IsDefined(split) ? row with { Split = split } : throw ApiException.Invalid("split must be train, dev or test.");
        if (change.Captions is { } captions)
        {
            if (set.State.Kind != DataSetKind.Captions)
                throw ApiException.Invalid("The images of this data set have classes, not captions.");
            if (captions.Count > MostCaptions || captions.Any(c => c is null || c.Length > LongestCaption))
                throw ApiException.Invalid($"An image has up to {MostCaptions} captions of up to {LongestCaption} characters.");
            List<string> kept = [.. captions.Select(c => c.Trim()).Where(c => c.Length > 0)];
            row = row with { Captions = kept.Count > 0 ? kept : null, Corrected = true };
        }
        if (change.Label is { } label)
        {
            if (set.State.Kind != DataSetKind.Classes)
                throw ApiException.Invalid("The images of this data set have captions, not classes.");
            row = row with { Label = ImageForm.Label(label), Corrected = true };
        }
        return row;
    }

    private static DataSetKind KindOf(ImageForm form)
    {
        var told = form.HasCaptions ? DataSetKind.Captions : form.HasClasses ? DataSetKind.Classes : (DataSetKind?)null;
        if (told is not null && form.Kind is not null && told != form.Kind)
            throw ApiException.Invalid("The kind of the data set does not fit what comes with the images.");
        return told ?? form.Kind ?? throw ApiException.Invalid("Nothing is said of the images.",
            "Put the field class or caption before the files, or kind=captions or kind=classes to describe them later.");
    }

    private static void CheckKind(DataSetSnapshot set, ImageForm form)
    {
        if (form.HasCaptions != (set.State.Kind == DataSetKind.Captions)) throw WrongKind(set);
    }

    private static ApiException WrongKind(DataSetSnapshot set) => ApiException.Invalid(set.State.Kind == DataSetKind.Captions
        ? $"The images of '{set.State.Name}' have captions, not classes."
        : $"The images of '{set.State.Name}' have classes, not captions.");

    private static ApiException Nothing(ImageIntake intake) => new(422, "no_images",
        intake.LeftOut is [var first, ..] ? $"No image could be used: {first.Where}: {first.Reason}" : "No image came.",
        "Send JPEG, PNG, WebP, GIF, BMP or TIFF in the field file.");
}
