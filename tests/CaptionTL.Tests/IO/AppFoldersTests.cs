using CaptionTL.IO;

namespace CaptionTL.Tests.IO;

public class AppFoldersTests
{
    [Fact]
    public void CacheFrom_Environment_FollowsTheOrder()
    {
        From(new() { ["CAPTIONTL_HOME"] = "/x/home", ["XDG_CACHE_HOME"] = "/x/cache" }).ShouldBe("/x/home");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the XDG rules are Linux's");
        From(new() { ["XDG_CACHE_HOME"] = "/x/cache" }).ShouldBe("/x/cache/captiontl");
        From(new() { ["XDG_CACHE_HOME"] = "relative" }).ShouldEndWith("/.cache/captiontl");
        From([]).ShouldEndWith("/.cache/captiontl");
    }

    private static string From(Dictionary<string, string> environment) =>
        AppFolders.CacheFrom(name => environment.GetValueOrDefault(name));
}
