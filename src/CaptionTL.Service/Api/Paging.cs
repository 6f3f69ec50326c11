namespace CaptionTL.Service.Api;

/// <summary>Parts of long lists.</summary>
internal static class Paging
{
    /// <exception cref="ApiException">Out of range.</exception>
    public static (int Offset, int Limit) Check(int offset, int limit, int most = 500)
    {
        if (offset < 0) throw ApiException.Invalid($"'offset' is {offset}; it must be at least 0.");
        return limit >= 1 && limit <= most ? (offset, limit) : throw ApiException.Invalid($"'limit' is {limit}; it must be from 1 to {most}.");
    }
}
