using CaptionTL.Images;
using CaptionTL.Weights;

namespace CaptionTL.Backbones;
