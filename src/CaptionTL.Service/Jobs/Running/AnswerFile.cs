using System.Text.Json;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A <see cref="PictureAnswer"/> a line, added to batch by batch; what a lost process has written is gone on from.</summary>
internal sealed class AnswerFile : IDisposable
{
    public const string Name = "answers.jsonl";

    private readonly StreamWriter _writer;
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private AnswerFile(FileStream stream) => _writer = new StreamWriter(stream);

    /// <summary>Pictures answered.</summary>
    public IReadOnlySet<string> Ids => _ids;

    /// <summary>Pictures that could not be read.</summary>
    public int Problems { get; private set; }

    /// <summary>The file as far as its lines are whole.</summary>
    public static AnswerFile Open(string path)
    {
        var whole = new List<PictureAnswer>();
        var length = 0L;
        if (File.Exists(path))
        {
            foreach (var line in File.ReadLines(path))
            {
                if (Parse(line) is not { } answer) break;
                whole.Add(answer);
                length += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
            }
        }
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        stream.SetLength(Math.Min(length, stream.Length));
        stream.Seek(0, SeekOrigin.End);
        var file = new AnswerFile(stream);
        foreach (var answer in whole) file.Count(answer);
        return file;
    }

    public void Add(PictureAnswer answer)
    {
        _writer.Write(JsonSerializer.Serialize(answer, Json.Compact) + "\n");
        Count(answer);
    }

    public void Flush() => _writer.Flush();

    public void Dispose() => _writer.Dispose();

    private void Count(PictureAnswer answer)
    {
        _ids.Add(answer.Id);
        if (answer.Problem is not null) Problems++;
    }

    private static PictureAnswer? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<PictureAnswer>(line, Json.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
