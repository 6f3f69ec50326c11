using CaptionTL.Backbones;
using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Models;

/// <summary>The network under a bundle's head: from the bundle, or the published file that it names.</summary>
internal static class BundledEncoder
{
    /// <summary>The network, and what makes its pixels; the bundle's canary has been checked on both.</summary>
    /// <exception cref="CaptionTLException">The encoder is not in the bundle and not to be had, does not fit, or its canary fails.</exception>
    public static (CnnEncoder Encoder, Preprocessor Preprocessor) Load(ModelBundle bundle, Precision precision, WeightStore? store, ImageLimits? limits)
    {
        ComputeDevice.Arithmetic(precision); // refused before anything is read or fetched
        var encoder = Load(bundle, precision, store);
        try
        {
            var preprocessor = new Preprocessor(bundle.Manifest.Preprocessing, limits: limits);
            Canary.Check(bundle, preprocessor, encoder);
            return (encoder, preprocessor);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private static CnnEncoder Load(ModelBundle bundle, Precision precision, WeightStore? store)
    {
        var manifest = bundle.Manifest;
        var wanted = manifest.Backbone;
        if (wanted.Included)
        {
            using var file = bundle.ReadTensors(ModelBundle.EncoderEntry);
            var cut = PretrainedEncoder.HasTop(wanted.Architecture, file) ? null : wanted.Cut;
            var backbone = PretrainedEncoder.LoadBackbone(wanted.Architecture, file, $"{bundle.Path}!{ModelBundle.EncoderEntry}", cut);
            return PretrainedEncoder.Encoder(
                backbone, manifest.Preprocessing, manifest.Files[ModelBundle.EncoderEntry], wanted.Cut, precision);
        }
        store ??= new WeightStore();
        var weights = BackboneRegistry.FindWeights(wanted.Weights);
        var path = store.EnsureAsync(weights.File).GetAwaiter().GetResult();
        var sha256 = store.Sha256Of(path);
        if (sha256 != wanted.WeightsSha256)
            throw new CaptionTLException($"{bundle.Path} was made with {wanted.Weights} of SHA-256 {wanted.WeightsSha256}; {path} has {sha256}. Put the right file in a folder of CAPTIONTL_MODELS.");
        return PretrainedEncoder.Load(weights, path, sha256, manifest.Preprocessing, wanted.Cut, precision, includeTop: manifest.Decoding?.CheckThings == true);
    }
}
