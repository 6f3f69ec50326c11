using System.Globalization;

namespace CaptionTL.Benchmarks;

/// <summary>The sizes both programs work with; the options are those of the scripts in reference/.</summary>
internal sealed record Sizes(int Threads, int StepImages, int Captions, int Steps, int Longest, int Vocabulary, int Cells, int Channels,
    int Hidden, int Beams, int BeamImages, int Images, int Pixels, int Warmup, int Repeats, int Seconds)
{
    public static Sizes Parse(string[] args)
    {
        int Value(string name, int usual)
        {
            var at = Array.IndexOf(args, "--" + name);
            return at >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : usual;
        }
        return new Sizes(
            Value("threads", 2), Value("step-images", 150), Value("captions", 1), Value("steps", 12), Value("longest", 16),
                Value("vocabulary", 2542), Value("cells", 49),
            Value("channels", 1280), Value("hidden", 512), Value("beams", 3), Value("beam-images", 100), Value("images", 16),
                Value("pixels", 224), Value("warmup", 3), Value("repeats", 10), Value("seconds", 10));
    }
}
