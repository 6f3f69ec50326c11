using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.DataSets;

/// <summary>What comes in becomes data sets and images of data sets, wholly or not at all.</summary>
internal sealed class DataSetUploads(DataSetStore store, IOptions<DataSetOptions> options)
{
    /// <exception cref="ApiException">The name is taken or no name, nothing usable came, or too much.</exception>
    public async Task<DataSetSnapshot> CreateAsync(HttpContext context, CancellationToken cancellation)
    {
        using var staging = new StagingFolder(store.StagingRoot);
        var (intake, form) = await ReadAsync(context, staging, cancellation);
        var name = Free(form.Name);
        if (form.Zip is { } zip) return FromZip(intake, zip, name, By(context), cancellation);
        var kind = Kind(form);
        if (intake.Rows.Count == 0 && (form.Kind is null || intake.LeftOut.Count > 0)) throw Nothing(intake);
        Directory.CreateDirectory(Path.Combine(intake.Folder, "pictures")); // an empty set has it too
        return store.Create(name, kind, intake, By(context));
    }

    /// <summary>A data set from an archive that has come already.</summary>
    public DataSetSnapshot CreateFromZip(string zip, string name, string? by, CancellationToken cancellation)
    {
        using var staging = new StagingFolder(store.StagingRoot);
        return FromZip(new ImageIntake(staging.In("set"), options.Value), zip, Free(name), by, cancellation);
    }

    public async Task<(DataSetSnapshot After, IReadOnlyList<ImageRow> Added, ImageIntake Intake)> AddAsync(string name,
        HttpContext context, CancellationToken cancellation)
    {
        var before = store.Get(name);
        using var staging = new StagingFolder(store.StagingRoot);
        var (intake, form) = await ReadAsync(context, staging, cancellation);
        if (form.Zip is { } zip && ZipImport.Read(zip, name, intake, options.Value, cancellation) is var kind && kind != before.State.Kind)
            throw WrongKind(before);
        if (form.HasCaptions || form.HasClasses) CheckKind(before, form);
        if (intake.Rows.Count == 0) throw Nothing(intake);
        var (after, added) = store.Add(name, intake, $"{DataSetStore.Images(intake.Rows.Count)} added", By(context));
        return (after, added, intake);
    }

    /// <summary>
    /// A caption or class that a person gave to an image which a model got wrong. An image that is there already (the same bytes) gets
    /// the caption in addition, the class instead.
    /// </summary>
    public async Task<(DataSetSnapshot After, ImageRow Row)> CorrectAsync(string name, HttpContext context,
        CancellationToken cancellation)
    {
        var before = store.Get(name);
        using var staging = new StagingFolder(store.StagingRoot);
        var (intake, form) = await ReadAsync(context, staging, cancellation);
        if (form.Zip is not null || intake.Rows.Count + intake.LeftOut.Count != 1)
            throw ApiException.Invalid("A correction is one image.", "Send the field caption or class, then the image in the "
                + "field image.");
        if (intake.Rows.Count == 0) throw Nothing(intake);
        if (!form.HasCaptions && !form.HasClasses)
            throw ApiException.Invalid("The correction says nothing of the image.", "The field caption or class stands before "
                + "the image.");
        CheckKind(before, form);
        var given = intake.Rows[0] with { Corrected = true };
        ImageRow? there = null;
        var after = store.Change(name, "1 correction", By(context), now =>
        {
            there = now.Rows.FirstOrDefault(r => r.Sha256 == given.Sha256);
            if (there is null) return now;
            there = there with { Corrected = true, Label = given.Label ?? there.Label, Captions = given.Captions is null ? there.Captions
                : [.. (there.Captions ?? []).Union(given.Captions, StringComparer.Ordinal)] };
            return now with { Rows = [.. now.Rows.Select(r => r.Id == there.Id ? there : r)] };
        });
        if (there is not null) return (after, there);
        intake.MarkCorrected();
        var (grown, added) = store.Add(name, intake, "1 correction", By(context));
        return (grown, added[0]);
    }

    /// <summary>Who asked, where keys are used.</summary>
    public static string? By(HttpContext context) => context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : null;

    private DataSetSnapshot FromZip(ImageIntake intake, string zip, string name, string? by, CancellationToken cancellation)
    {
        var kind = ZipImport.Read(zip, name, intake, options.Value, cancellation);
        if (intake.Rows.Count == 0) throw Nothing(intake);
        return store.Create(name, kind, intake, by);
    }

    private async Task<(ImageIntake Intake, ImageForm Form)> ReadAsync(HttpContext context, StagingFolder staging,
        CancellationToken cancellation)
    {
        RequestSize.Allow(context, options.Value.MaxUploadBytes);
        var intake = new ImageIntake(staging.In("set"), options.Value);
        var form = new ImageForm(staging, intake, options.Value);
        await form.ReadAsync(context.Request, cancellation);
        return (intake, form);
    }

    private string Free(string? name) => store.Exists(DataSetName.Check(name)) ? throw DataSetStore.Taken(name!) : name!;

    private static DataSetKind Kind(ImageForm form)
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

    private static ApiException WrongKind(DataSetSnapshot set) => ApiException.Invalid(
        set.State.Kind == DataSetKind.Captions ? $"The images of '{set.State.Name}' have captions, not classes."
            : $"The images of '{set.State.Name}' have classes, not captions.");

    private static ApiException Nothing(ImageIntake intake) => new(422, "no_images",
        intake.LeftOut.Count == 0 ? "No image came." : $"No image could be used: {intake.LeftOut[0].Where}: "
            + $"{intake.LeftOut[0].Reason}", "Send JPEG, PNG, WebP, GIF, BMP or TIFF in the field file.");
}
