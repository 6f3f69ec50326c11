using System.Threading.Channels;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Serving;
using CaptionTL.Web.Components.Pages.Caption;
using CaptionTL.Web.Components.Shared;

namespace CaptionTL.Web.Visitors;

/// <summary>What models say of an image that the visitor picked.</summary>
internal sealed class VisitorImages(Visitor visitor, Admission admission, CaptionService captions, ClassService classes,
    SimilarService similar)
{
    /// <summary>Classes asked for: more than a page shows at once.</summary>
    private const string MostClasses = "50";

    /// <summary>An image's captions.</summary>
    /// <param name="image">What the browser sent.</param>
    /// <param name="settings">Which model, and how it writes.</param>
    /// <param name="onWords">Told of the caption so far, while it is being written; called on the page's own thread.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ApiException">There is no caption; says why.</exception>
    public async Task<CaptionAnswer> CaptionAsync(PickedImage image, CaptionSettings settings, Action<string> onWords,
        CancellationToken cancel)
    {
        var words = Channel.CreateUnbounded<LeadingWords>();
        var answering = AskAsync(ApiScope.Caption, image, settings.Fields(), request => captions.AnswerAsync(request,
            request.Options.Read<CaptionParameters>(CaptionEndpoint.DecodingNames), words.Writer, cancel));
        _ = answering.ContinueWith(_ => words.Writer.TryComplete(), TaskScheduler.Default); // also where it was refused
        await foreach (var leading in words.Reader.ReadAllAsync(cancel)) onWords(leading.Text);
        return await answering;
    }

    /// <summary>Probabilities of an image's classes; what counts as unknown is left to the page.</summary>
    /// <param name="image">What the browser sent.</param>
    /// <param name="model">The default one when null.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ApiException">There is no answer; says why.</exception>
    public Task<ClassAnswer> ClassifyAsync(PickedImage image, string? model, CancellationToken cancel) =>
        AskAsync(ApiScope.Caption, image, [("topK", MostClasses), ("model", model ?? "")],
            request => classes.AnswerAsync(request, cancel));

    /// <summary>What a model learned from that is like an image.</summary>
    /// <exception cref="ApiException">
    /// There is no answer; the code is "training_images_absent" where the model's training images are not on the service.
    /// </exception>
    public Task<SimilarImages> SimilarAsync(PickedImage image, ModelUsed model, CancellationToken cancel) =>
        AskAsync(ApiScope.Train, image, [("model", $"{model.Name}@{model.Version}")], request => similar.AnswerAsync(request, cancel));

    private Task<T> AskAsync<T>(string scope, PickedImage image, IEnumerable<(string Name, string Value)> options,
        Func<ImageRequest, Task<T>> ask) => visitor.DoAsync(scope, async _ =>
        {
            using var admitted = admission.Enter(image.Bytes.Length);
            var request = new ImageRequest([new SentImage(image.Name, image.Bytes)], new RequestOptions());
            foreach (var (name, value) in options) request.Options.Add(name, value);
            return await ask(request);
        });
}
