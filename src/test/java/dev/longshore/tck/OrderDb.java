package dev.longshore.tck;

import java.util.Hashtable;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.Name;
import javax.naming.NamingException;
import javax.naming.spi.ObjectFactory;

/** Our data source by the name that the TCK knows. */
public class OrderDb implements ObjectFactory {

  @Override
  public Object getObjectInstance(
      Object reference, Name name, Context context, Hashtable<?, ?> environment)
      throws NamingException {
    return InitialContext.doLookup("jdbc/longshore");
  }
}
