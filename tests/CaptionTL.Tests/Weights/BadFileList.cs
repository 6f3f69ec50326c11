namespace CaptionTL.Tests.Weights;

/// <summary>What is wrong with a file, and its bytes.</summary>
internal sealed class BadFileList : List<(string What, byte[] Bytes)>
{
    public void Add(string what, byte[] bytes) => Add((what, bytes));
}
