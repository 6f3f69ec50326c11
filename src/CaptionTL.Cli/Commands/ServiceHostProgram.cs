using CaptionTL.Service.Hosting;

namespace CaptionTL.Cli.Commands;

/// <summary>The program that is the service: where it lies and how it is started.</summary>
/// <param name="File">To be started.</param>
/// <param name="Arguments">That come first.</param>
/// <param name="Folder">It lies in.</param>
internal sealed record ServiceHostProgram(string File, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>Set by the start script, which builds the host.</summary>
    public const string Variable = "CAPTIONTL_HOST";

    private const string Name = "CaptionTL.Web";

    /// <exception cref="CaptionTLException">It is not there.</exception>
    public static ServiceHostProgram Find() => Find(Environment.GetEnvironmentVariable(Variable), AppContext.BaseDirectory);

    /// <param name="named">Value of <see cref="Variable"/>, if any.</param>
    /// <param name="beside">Folder of the program that runs.</param>
    internal static ServiceHostProgram Find(string? named, string beside)
    {
        if (named is { Length: > 0 }) return Of(Path.GetFullPath(named)) ?? throw new CaptionTLException($"{named}: there is no such program ({Variable} names it).");
        return Of(Path.Combine(beside, Name + ".dll")) ?? Of(Path.Combine(beside, "web", Name + ".dll"))
            ?? throw new CaptionTLException($"the service ({Name}) does not lie beside this program. In the project's folder start it with ./captiontl serve, which builds it; elsewhere let {Variable} name its {Name}.dll.");
    }

    private static ServiceHostProgram? Of(string path)
    {
        if (!System.IO.File.Exists(path)) return null;
        var (file, arguments) = ProgramCommand.Of(path);
        return new ServiceHostProgram(file, arguments, Path.GetDirectoryName(path)!);
    }
}
