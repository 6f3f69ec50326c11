using CaptionTL.Service.Api;

namespace CaptionTL.Service.Serving;

/// <summary>Whether the service can answer: the default model loads, and its canary's embedding is as it was when the model was made.</summary>
internal sealed class Readiness(ModelHost models, IModelCatalog catalog)
{
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            // A service with classifiers only is ready with its first classifier.
            if (catalog.All.All(m => m.Task != "caption") && catalog.All.Count > 0) await using (await models.ClassifierAsync(null)) return true;
            await using (await models.CaptionerAsync(null)) return true;
        }
        catch (Exception e) when (e is ApiException or CaptionTLException)
        {
            return false;
        }
    }
}
