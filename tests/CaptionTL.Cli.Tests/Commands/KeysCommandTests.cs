using CaptionTL.Service;
using CaptionTL.Service.Security;
using CaptionTL.Service.Storage;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

public sealed class KeysCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Create_MakesAKeyThatTheServiceKnows()
    {
        var run = await CommandLine.RunAsync("keys", "create", "--name", "camera", "--scopes", "caption,train", "--data", _folder.Path);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        var store = await ApiKeyStore.OpenAsync(new ServiceOptions { Data = _folder.Path }, new StorageOptions());
        var key = (await store.FindAsync(run.Output.Trim())).ShouldNotBeNull();
        (key.Name, key.Scopes).ShouldBe(("camera", "caption,train"));
    }

    [Fact]
    public async Task List_ShowsPrefixesOnly_AndRevokeTakesBack()
    {
        var key = (await CommandLine.RunAsync("keys", "create", "--name", "camera", "--data", _folder.Path, "--json")).JsonLines().Single()
            .GetProperty("key").GetString()!;

        var listed = (await CommandLine.RunAsync("keys", "list", "--data", _folder.Path)).Output;
        listed.ShouldContain(key[..18]);
        listed.ShouldNotContain(key);
        (await CommandLine.RunAsync("keys", "revoke", "camera", "--data", _folder.Path)).ExitCode.ShouldBe(ExitCode.Done);
        (await CommandLine.RunAsync("keys", "list", "--data", _folder.Path, "--json")).JsonLines().Single().GetProperty("revoked")
            .GetString().ShouldNotBeNull();
        (await CommandLine.RunAsync("keys", "revoke", "camera", "--data", _folder.Path)).ExitCode.ShouldBe(ExitCode.WrongUse);
    }

    [Theory]
    [InlineData("caption,everything")]
    [InlineData(",")]
    public async Task Create_UnknownScope_SaysWhichThereAre(string scopes)
    {
        var run = await CommandLine.RunAsync("keys", "create", "--name", "camera", "--scopes", scopes, "--data", _folder.Path);

        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("caption, train, admin");
    }

    [Fact]
    public async Task Create_DataFolderThatCannotBe_SaysSo()
    {
        File.WriteAllText(_folder.File("file"), "");

        var run = await CommandLine.RunAsync("keys", "create", "--name", "camera", "--data", _folder.File("file"));

        run.ExitCode.ShouldBe(ExitCode.WrongUse);
        run.Error.ShouldContain("data folder cannot be written");
    }
}
