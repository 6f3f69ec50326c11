using System.Net;

namespace CaptionTL.Weights;

/// <summary>What a person without weights is told.</summary>
internal static class WeightStoreMessages
{
    public static CaptionTLException NotHere(WeightFile row, IReadOnlyList<string> searched) =>
        new($"The weights '{row.Name}' are not on this machine (looked in {string.Join(", ", searched)}) and downloads are off. {HowToSupply(row)}", isInput: false);

    public static CaptionTLException Unreachable(WeightFile row, long received, Exception reason) =>
        new($"The weights '{row.Name}' could not be downloaded from {row.Address}: {reason.Message}. "
            + (received > 0 ? $"{received} bytes arrived and are kept; the same command goes on from there. " : "") + HowToSupply(row), isInput: false, reason);

    public static CaptionTLException Refused(WeightFile row, HttpStatusCode status, Exception reason) =>
        new($"The weights '{row.Name}' could not be downloaded: {row.Address} answers {(int)status} {status}. {HowToSupply(row)}", isInput: false, reason);

    public static CaptionTLException AnotherSize(WeightFile row, long offered) =>
        new($"{row.Address} answers with {offered} bytes or more, '{row.Name}' has {row.Size}: a page of a proxy or another version. {HowToSupply(row)}", isInput: false);

    public static CaptionTLException NoRoom(WeightFile row, string folder, long free) =>
        new($"'{row.Name}' takes {row.Size} bytes, {folder} has {free} free. Free some space, or set CAPTIONTL_HOME to a folder on another disk.", isInput: false);

    public static WeightFileException WrongChecksum(WeightFile row, string file, string actual) =>
        new(file, "checksum", $"its SHA-256 is {actual}, that of '{row.Name}' is {row.Sha256}{(row.Sha256.Length < 64 ? "…" : "")}: the file is damaged or another one. "
            + $"Delete it to have it fetched from {row.Address} again");

    private static string HowToSupply(WeightFile row) =>
        $"To supply them: fetch {row.Address} on any machine, then run `captiontl models pull {row.Name} --from FILE`, or save it as FOLDER/{row.Name}/{row.FileName} and set CAPTIONTL_MODELS=FOLDER; "
        + $"`captiontl models pull {row.Name}` tries the download again.";
}
