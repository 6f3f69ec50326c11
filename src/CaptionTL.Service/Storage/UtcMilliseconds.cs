using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CaptionTL.Service.Storage;

/// <summary>Times as milliseconds since 1970: compared and ordered alike by SQLite, which knows no times, and by PostgreSQL.</summary>
internal sealed class UtcMilliseconds() : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), number => DateTimeOffset.FromUnixTimeMilliseconds(number));
