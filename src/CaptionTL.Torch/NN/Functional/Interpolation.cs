using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Resizes the spatial dimensions of (N, C, L) or (N, C, H, W) to a size or by a factor.</summary>
            /// <param name="align_corners">For linear and cubic modes: whether the corner pixels' centres, instead of their outer edges, stay in place.</param>
            /// <param name="recompute_scale_factor">Computes the size from the factor first and goes on from the size alone.</param>
            /// <param name="antialias">Weighs in all pixels below the enlarged kernel when shrinking; bilinear and bicubic only.</param>
            public static Tensor interpolate(Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null, bool recompute_scale_factor = false, bool antialias = false)
            {
                var spatial = (int)x.dim() - 2;
                if (spatial is not (1 or 2)) throw new ArgumentException($"interpolate takes (N, C, L) or (N, C, H, W), not {x.dim()} dimensions.", nameof(x));
                if (size is null == scale_factor is null) throw new ArgumentException("Give either size or scale_factor.", nameof(size));
                if (antialias && (spatial != 2 || mode is not (InterpolationMode.Bilinear or InterpolationMode.Bicubic)))
                    throw new ArgumentException("antialias is for bilinear and bicubic interpolation of images.", nameof(antialias));
                var corners = mode is InterpolationMode.Linear or InterpolationMode.Bilinear or InterpolationMode.Bicubic;
                if (align_corners is not null && !corners) throw new ArgumentException($"align_corners has no meaning for {mode}.", nameof(align_corners));

                size = Spread(size, spatial);
                scale_factor = Spread(scale_factor, spatial);
                if (scale_factor is { } factors && (recompute_scale_factor || mode == InterpolationMode.Area))
                {
                    size = factors.Select((factor, i) => (long)Math.Floor(x.shape[i + 2] * factor)).ToArray();
                    scale_factor = null;
                }
                var operation = (mode, spatial) switch
                {
                    (InterpolationMode.Nearest, 1) => Aten.upsample_nearest1d,
                    (InterpolationMode.Nearest, _) => Aten.upsample_nearest2d,
                    (InterpolationMode.NearestExact, 1) => Aten._upsample_nearest_exact1d,
                    (InterpolationMode.NearestExact, _) => Aten._upsample_nearest_exact2d,
                    (InterpolationMode.Linear, 1) => Aten.upsample_linear1d,
                    (InterpolationMode.Bilinear, 2) => antialias ? Aten._upsample_bilinear2d_aa : Aten.upsample_bilinear2d,
                    (InterpolationMode.Bicubic, 2) => antialias ? Aten._upsample_bicubic2d_aa : Aten.upsample_bicubic2d,
                    (InterpolationMode.Area, 1) => Aten.adaptive_avg_pool1d,
                    (InterpolationMode.Area, _) => Aten.adaptive_avg_pool2d,
                    _ => throw new ArgumentException($"{mode} does not go with {spatial} spatial dimension(s).", nameof(mode)),
                };
                if (mode == InterpolationMode.Area) return operation.Call(x, size);
                return corners ? operation.Call(x, size, align_corners ?? false, scale_factor) : operation.Call(x, size, scale_factor);
            }

            public static Tensor upsample(Tensor input, long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest, bool align_corners = false) =>
                interpolate(input, size, scale_factor, (InterpolationMode)mode, mode == UpsampleMode.Nearest ? null : align_corners);

            // One number stands for all spatial dimensions.
            private static T[]? Spread<T>(T[]? values, int spatial)
            {
                if (values is null || values.Length == spatial) return values;
                return values.Length == 1 ? Enumerable.Repeat(values[0], spatial).ToArray()
                    : throw new ArgumentException($"{values.Length} sizes or factors do not go with {spatial} spatial dimension(s).", nameof(values));
            }
        }
    }
}
