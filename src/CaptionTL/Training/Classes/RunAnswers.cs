using System.Text.Json;
using CaptionTL.IO;

namespace CaptionTL.Training.Classes;

/// <summary>What a finished run answers to its dev pictures, as answers.json has it beside the report.</summary>
/// <param name="Classes">Names; <see cref="Answer.Truth"/> and <see cref="Answer.Predicted"/> are indices of these.</param>
/// <param name="Pictures">In the order of the data set.</param>
public sealed record RunAnswers(IReadOnlyList<string> Classes, IReadOnlyList<RunAnswers.Answer> Pictures)
{
    /// <param name="Id">The picture's name in the data set.</param>
    /// <param name="Truth">Its class.</param>
    /// <param name="Predicted">The most probable class.</param>
    /// <param name="Probability">Of that, 0 to 1.</param>
    public sealed record Answer(string Id, int Truth, int Predicted, double Probability);

    public static RunAnswers Of(ClassEvaluator.Result result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new RunAnswers([.. result.Scores.Classes.Select(c => c.Name)], [.. result.Pictures.Select(p => new Answer(p.Id, p.Truth, p.Predicted, Math.Round(p.Probabilities[p.Predicted], 6)))]);
    }

    /// <summary>How often a class (row) was taken for a class (column).</summary>
    public int[][] Counts()
    {
        var counts = Classes.Select(_ => new int[Classes.Count]).ToArray();
        foreach (var p in Pictures) counts[p.Truth][p.Predicted]++;
        return counts;
    }

    public void Save(string path) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(this, Json.Compact));

    /// <exception cref="CaptionTLException">The file is damaged.</exception>
    public static RunAnswers Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunAnswers>(File.ReadAllText(path), Json.Lenient) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new CaptionTLException($"{path}: cannot be read ({e.Message}). Train again to have it written anew.");
        }
    }
}
