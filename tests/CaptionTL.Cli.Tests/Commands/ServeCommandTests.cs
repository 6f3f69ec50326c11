using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CaptionTL.Tests;

namespace CaptionTL.Cli.Tests.Commands;

/// <summary>The command as a process of its own.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_OnAFreePort_AnswersAndEndsOrderlyOnSigTerm()
    {
        using var process = Start("--urls", "http://127.0.0.1:0", "--data", _folder.File("state"), "--json");
        var ready = await process.StandardOutput.ReadLineAsync() ?? "";
        Assert.True(ready.StartsWith('{'), ready + process.HasExited);
        var url = JsonDocument.Parse(ready).RootElement.GetProperty("urls")[0].GetString();

        using var http = new HttpClient();
        foreach (var path in (string[])["openapi/v1.json", "favicon.svg", "css/base.css", "CaptionTL.Web.bundle.scp.css",
            "_framework/blazor.web.js", "_content/Radzen.Blazor/css/standard-base.css", "samples/coffee.png"])
            (await http.GetAsync($"{url}/{path}")).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        File.Exists(_folder.File("state/captiontl.db")).ShouldBeTrue();
        DotNetProgram.Terminate(process);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await process.StandardError.ReadToEndAsync());
        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync($"{url}/openapi/v1.json"));
    }

    [Fact]
    public async Task Serve_PortInUse_SaysSoAndEndsWith2()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await FailsAsync($"Failed to bind to address http://127.0.0.1:{port}: address already in use. Another program listens there",
            "--urls", $"http://127.0.0.1:{port}", "--data", _folder.Path);
    }

    [Fact]
    public async Task Serve_DataFolderThatCannotBeWritten_SaysSoAndEndsWith2()
    {
        File.WriteAllText(_folder.File("file"), "");

        await FailsAsync("the data folder cannot be written", "--urls", "http://127.0.0.1:0", "--data", _folder.File("file"));
    }

    [Fact]
    public async Task Serve_OffHostWithoutAKey_SaysWhichCommandMakesOneAndEndsWith2() =>
        await FailsAsync($"captiontl keys create --name NAME --scopes caption,train --data {_folder.Path}", "--urls", "http://0.0.0.0:0",
            "--data", _folder.Path);

    [Theory]
    [InlineData("no address", "--urls", "nonsense")]
    [InlineData("not a setting", "--", "RequireKeys")]
    [InlineData("out of range", "--", "CaptionTL:Security:MaxRequestBytes=0")]
    public async Task Serve_WithWrongSettings_EndsWith2(string what, params string[] arguments)
    {
        string[] all = arguments[0] == "--urls" ? [.. arguments, "--data", _folder.Path]
            : ["--urls", "http://127.0.0.1:0", "--data", _folder.Path, .. arguments];

        await FailsAsync("captiontl: ", all);
        what.ShouldNotBeEmpty();
    }

    private static async Task FailsAsync(string message, params string[] arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var said = await output + await error;

        process.ExitCode.ShouldBe(ExitCode.WrongUse, said);
        said.ShouldContain(message);
        said.ShouldNotContain("   at ", Case.Sensitive, said);
        said.ShouldNotContain("Exception", Case.Sensitive, said);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(DotNetProgram.Start(typeof(CommandLineApp).Assembly.Location, ["serve", .. arguments]))!;
}
